namespace Caudal.Ingesting;

/// <summary>How ingest reads the log and when it commits.</summary>
public sealed record IngestOptions
{
    /// <summary>The topic that transactions are appended to; its rejections go to <c>&lt;topic&gt;.rejections</c>.</summary>
    public string Topic { get; init; } = "financial_transactions";

    /// <summary>The consumer group; several workers share the work only on engines that have several partitions.</summary>
    public string Group { get; init; } = "caudal-ingest";

    /// <summary>The most messages that one commit to the hot store takes. What waits when the last commit ended is taken at once.</summary>
    public int CommitRecordsMax { get; init; } = 100_000;

    /// <summary>
    /// The most bytes that are held between reading and committing, half a kibibyte a message beside its own; full means that reading
    /// waits. One commit takes at most half of it, so that the next is decoded meanwhile.
    /// </summary>
    public int BufferBytesMax { get; init; } = 64 * 1024 * 1024;
}
