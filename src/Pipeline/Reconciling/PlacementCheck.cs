using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>What the log says of a position.</summary>
enum LogWord
{
    /// <summary>It has forgotten the message, as it may once a receipt covers it, or lost it with the end of an epoch.</summary>
    Forgotten,

    /// <summary>It holds no message there.</summary>
    Nothing,
    Undecodable,
    Transaction,
}

/// <summary>All that is known of one message, from every place that may hold it.</summary>
readonly record struct MessageFacts(
    Position Position, LogWord Log, Transaction? Logged, bool RejectedByIngest, bool RejectedByRun,
    IReadOnlyList<Sighting> Hot, IReadOnlyList<Sighting> History);

/// <summary>Where a message of a range must be: in exactly one place that counts.</summary>
/// <param name="Settled">A run loaded the range: its messages are in history.</param>
/// <param name="InHot">Hot still holds the range: no run settled it, or its purge is to come. Null where it may or may not.</param>
readonly record struct Expectation(bool Settled, bool? InHot);

/// <summary>Decides for one message whether each place holds what it should. Pure: facts in, differences out.</summary>
static class PlacementCheck
{
    public static IEnumerable<Difference> Judge(MessageFacts facts, Expectation expected) =>
        IsPlainlyRight(facts, expected) ? [] : JudgeInFull(facts, expected);

    /// <summary>What holds for all but a few of millions: the log's message is the one row of the one place that must hold it.</summary>
    static bool IsPlainlyRight(in MessageFacts facts, Expectation expected)
    {
        var (here, there) = expected.Settled ? (facts.History, facts.Hot) : (facts.Hot, facts.History);
        return facts.Logged is { } logged && !facts.RejectedByIngest && !facts.RejectedByRun && here.Count == 1 && there.Count == 0
            && expected.InHot == !expected.Settled && !here[0].IsAltered && IsOf(here[0], logged);
    }

    static IEnumerable<Difference> JudgeInFull(MessageFacts facts, Expectation expected)
    {
        var rejected = facts.RejectedByIngest || facts.RejectedByRun;
        if (facts.Log == LogWord.Undecodable && !rejected)
            yield return new(
                "conservation", "A message that is no transaction is in no record of rejections.", null, facts.Position.ToString());
        var absent = facts.Log is LogWord.Nothing or LogWord.Undecodable || facts.RejectedByIngest;
        var inHistory = expected.Settled && !absent && !facts.RejectedByRun;
        var inHot = absent ? false : expected.InHot;
        foreach (var difference in JudgeStore("history", facts.History, inHistory, facts))
            yield return difference;
        foreach (var difference in JudgeStore("hot", facts.Hot, inHot, facts))
            yield return difference;
    }

    static IEnumerable<Difference> JudgeStore(string store, IReadOnlyList<Sighting> sightings, bool? expected, MessageFacts facts)
    {
        var position = facts.Position.ToString();
        if (expected == true && sightings.Count == 0 && facts.Logged is { } lost)
            yield return new(store, $"Missing: the log holds the message, but {store} has no row for it.", lost.Id, position);
        var first = true;
        foreach (var sighting in Ordered(sightings, facts.Logged))
        {
            if (sighting.IsAltered)
                yield return new(store, "Altered: its columns no longer give the digest that it was stored with.", sighting.Id, position);
            else if (expected == false)
                yield return new(store, $"One too many: {WhyNotExpected(store, facts)}.", sighting.Id, position);
            else if (!first)
                yield return new(store, "One too many: its position is taken by another row.", sighting.Id, position);
            else if (facts.Logged is { } logged && !IsOf(sighting, logged))
                yield return new(
                    store, "Altered: it is not what the log's message says, though its digest was made to fit.", sighting.Id, position);
            first = false;
        }
    }

    /// <summary>The one that the log's message explains comes first, so that the others are those too many.</summary>
    static IEnumerable<Sighting> Ordered(IReadOnlyList<Sighting> sightings, Transaction? logged) =>
        sightings.Count < 2 || logged is null ? sightings : sightings.OrderBy(sighting => IsOf(sighting, logged) ? 0 : 1);

    static bool IsOf(Sighting sighting, Transaction logged) => sighting.Id == logged.Id && sighting.Digest == logged.Digest;

    static string WhyNotExpected(string store, MessageFacts facts) => facts switch
    {
        { Log: LogWord.Nothing } => "the log has no message there",
        { RejectedByIngest: true } or { Log: LogWord.Undecodable } or { RejectedByRun: true } => "its message was rejected",
        _ => store == "hot" ? "a run has settled and purged its range" : "no run has settled its range",
    };
}
