namespace Caudal.Engines.DuckDb;

/// <summary>What one DuckDB file of this process may use.</summary>
public sealed record DuckDbOptions
{
    /// <summary>The most memory DuckDB's buffers take before it spills to <c>&lt;file&gt;.tmp</c> beside the file.</summary>
    public int MemoryMebibytesMax { get; init; } = 512;

    /// <summary>How many threads one query may use.</summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount);
}
