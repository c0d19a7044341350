using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Batch;

/// <summary>
/// What a run proved: that every message of its range is accounted for, and that history was read back equal. The log may then
/// forget the range. Receipts are chained: each carries the hash of the one before.
/// </summary>
/// <param name="Rejections">Messages of the range that were rejected, by ingest or by the run.</param>
/// <param name="RunRejected">Those of them that the run itself rejected: they had been rows in hot.</param>
/// <param name="Groups">The rows' figures per day, app and product.</param>
/// <param name="Hash">SHA-256 in hexadecimal over all the rest, <paramref name="PreviousHash"/> included.</param>
public sealed record Receipt(
    long RunId, PositionRange Range, long Messages, long Rejections, Figures RunRejected, RangeFigures History,
    IReadOnlyDictionary<FigureGroup, Figures> Groups, string PreviousHash, string Hash)
{
    /// <summary>What the first receipt carries as the hash of the one before.</summary>
    public const string NoPrevious = "";

    /// <summary>The first part of what is hashed: another form of the receipt takes another name.</summary>
    const string FormWithoutAnchor = "caudal receipt 1";

    const string Form = "caudal receipt 2";

    /// <summary>The last messages before the range's end, by which the log is known again; null where an older version wrote it.</summary>
    public LogAnchor? Anchor { get; init; }

    /// <summary>The receipt of a run that was read back equal, chained to the one before it.</summary>
    public static Receipt Of(BatchRun run, IReadOnlyDictionary<FigureGroup, Figures> groups, Receipt? previous, LogAnchor anchor)
    {
        var receipt = new Receipt(
            run.Id, run.Range, run.Messages, run.RejectedBefore + run.Rejected.Count, run.Rejected, run.Loaded, groups,
            previous?.Hash ?? NoPrevious, Hash: "")
        {
            // Of what the log holds no longer, the receipt before may tell.
            Anchor = (previous?.Anchor ?? LogAnchor.None).Furthest(anchor),
        };
        return receipt with { Hash = receipt.ComputeHash() };
    }

    /// <summary>True while nothing in it was altered.</summary>
    public bool IsIntact => Hash == ComputeHash();

    /// <summary>True where every message of the range is a row, a duplicate or a rejection.</summary>
    public bool Conserves => Messages == History.Count + Rejections;

    string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Parts())
            AppendPart(hash, part);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    IEnumerable<string> Parts() =>
    [
        Anchor is null ? FormWithoutAnchor : Form, Text(RunId), .. Parts(Range.From), .. Parts(Range.To), Text(Messages), Text(Rejections),
        .. Parts(RunRejected), .. Parts(History.Rows), .. Parts(History.Duplicates), Text(Groups.Count),
        .. from entry in Groups
           orderby entry.Key
           from part in (IEnumerable<string>)[Text(entry.Key.Day), entry.Key.App, entry.Key.Product, .. Parts(entry.Value)]
           select part,
        PreviousHash,
        .. Anchor is null ? (IEnumerable<string>)[] : [Anchor.ToString()],
    ];

    static IEnumerable<string> Parts(Watermark watermark) =>
    [
        Text(watermark.Partitions.Count()),
        .. watermark.Partitions.SelectMany(entry => (string[])[entry.Key.ToString(), Text(entry.Value)]),
    ];

    static IEnumerable<string> Parts(Figures figures) => [Text(figures.Count), figures.Sum.ToString(), figures.Digest.ToString()];

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // Each part is preceded by its length, so that no two receipts share what is hashed.
    static void AppendPart(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
