using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>What a run removed, or is removing.</summary>
sealed record Removal(PositionRange Range, RangeFigures Figures);

/// <summary>
/// The store's own account: the one document whose change commits. Rows count once <see cref="HotState.Next"/> covers them, and no more
/// once <see cref="Removing"/> names their range, whatever of them is written or deleted already.
/// </summary>
/// <param name="Pending">How far batches that are being written reach: rows up to it are no strangers.</param>
/// <param name="Removing">The range that is being deleted; its figures are among the removed.</param>
/// <param name="Removals">The last that were finished, the newest last: by them a removal that comes again is known.</param>
sealed record HotAccount(HotState State, Watermark Pending, Removal? Removing, IReadOnlyList<Removal> Removals)
{
    /// <summary>Runs follow one another, so that only the last can come again; more are kept for people to look at.</summary>
    const int RemovalsMax = 100;

    public static HotAccount Begin(Watermark startAt) => new(new(startAt, startAt, 0, 0, default, default), startAt, null, []);

    /// <summary>Before rows of a batch are written.</summary>
    public HotAccount Reserve(Watermark next) => Pending.Covers(next) ? this : this with { Pending = Pending.Furthest(next) };

    /// <summary>The batch is written, and counts from now on; a second time it changes nothing.</summary>
    /// <param name="from">Where the batch began.</param>
    /// <exception cref="ElasticsearchException">Another process took a partition of it meanwhile.</exception>
    public HotAccount Take(Watermark from, IndexBatch batch, RangeFigures taken, long rejected)
    {
        if (State.Next.Covers(batch.Next))
            return this;
        if (batch.Next.Partitions.Any(entry => entry.Value > from[entry.Key] && State.Next[entry.Key] != from[entry.Key]))
            throw new ElasticsearchException("Another process ingests these partitions too and was faster: nothing is taken twice.");
        return this with
        {
            State = State with
            {
                Next = State.Next.Furthest(batch.Next),
                Messages = State.Messages + batch.Messages,
                Rejected = State.Rejected + rejected,
                Taken = State.Taken + taken,
                Anchor = State.Anchor.Furthest(batch.Anchor),
            },
        };
    }

    public bool WasRemoved(Removal removal) => Removals.Contains(removal);

    /// <summary>The range counts no more from now on.</summary>
    public HotAccount BeginRemoval(Removal removal) => Removing == removal || WasRemoved(removal)
        ? this
        : this with { Removing = removal, State = State with { Removed = State.Removed + removal.Figures } };

    public HotAccount EndRemoval() => Removing is null
        ? this
        : this with { Removing = null, Removals = [.. Removals.TakeLast(RemovalsMax - 1), Removing] };

    /// <summary>True where no removal began or ended between the two.</summary>
    public bool HasSameRemovals(HotAccount other) => Removing == other.Removing && Removals.SequenceEqual(other.Removals);

    public JsonObject ToJson() => new()
    {
        ["version"] = HotIndices.Version,
        ["start"] = State.Start.ToString(),
        ["next"] = State.Next.ToString(),
        ["messages"] = State.Messages,
        ["rejected"] = State.Rejected,
        ["taken"] = Json(State.Taken),
        ["removed"] = Json(State.Removed),
        ["anchor"] = State.Anchor.ToString(),
        ["pending"] = Pending.ToString(),
        ["removing"] = Removing is null ? null : Json(Removing),
        ["removals"] = new JsonArray([.. Removals.Select(Json)]),
    };

    /// <exception cref="ElasticsearchException">It is of a newer version.</exception>
    public static HotAccount Parse(JsonElement json) => json.GetProperty("version").GetInt32() > HotIndices.Version
        ? throw new ElasticsearchException("The hot store's account was written by a newer version of Caudal: use that version.")
        : new(
            new(
                Mark(json, "start"), Mark(json, "next"), json.GetProperty("messages").GetInt64(), json.GetProperty("rejected").GetInt64(),
                ParseFigures(json.GetProperty("taken")), ParseFigures(json.GetProperty("removed")))
            {
                Anchor = LogAnchor.Parse(json.GetProperty("anchor").GetString()!),
            },
            Mark(json, "pending"),
            json.GetProperty("removing") is { ValueKind: JsonValueKind.Object } removing ? ParseRemoval(removing) : null,
            [.. json.GetProperty("removals").EnumerateArray().Select(ParseRemoval)]);

    static JsonObject Json(Removal removal) => new()
    {
        ["from"] = removal.Range.From.ToString(), ["to"] = removal.Range.To.ToString(), ["figures"] = Json(removal.Figures),
    };

    static JsonObject Json(RangeFigures figures) => new() { ["rows"] = Json(figures.Rows), ["duplicates"] = Json(figures.Duplicates) };

    static JsonObject Json(Figures figures) => new()
    {
        ["count"] = figures.Count, ["sum"] = figures.Sum.ToString(), ["digest"] = figures.Digest.ToString(),
    };

    static Removal ParseRemoval(JsonElement json) =>
        new(new(Mark(json, "from"), Mark(json, "to")), ParseFigures(json.GetProperty("figures")));

    static RangeFigures ParseFigures(JsonElement json) => new(Parse(json, "rows"), Parse(json, "duplicates"));

    static Figures Parse(JsonElement json, string name)
    {
        var figures = json.GetProperty(name);
        return new(
            figures.GetProperty("count").GetInt64(), MoneySum.Parse(figures.GetProperty("sum").GetString()!),
            Digest.Parse(figures.GetProperty("digest").GetString()!));
    }

    static Watermark Mark(JsonElement json, string name) => Watermark.Parse(json.GetProperty(name).GetString()!);
}
