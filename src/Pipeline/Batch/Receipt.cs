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
}
