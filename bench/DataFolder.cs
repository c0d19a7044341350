namespace Caudal.Bench;

/// <summary>A folder for a process's stores; gone at the end.</summary>
sealed class DataFolder : IAsyncDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("caudal-bench-").FullName;

    /// <summary>A folder in which so many rows lie in the log and in hot, for a process to open.</summary>
    public static async Task<DataFolder> FilledAsync(int rows)
    {
        var folder = new DataFolder();
        await using var stores = await Stores.OpenAsync(folder);
        await stores.AppendAsync(rows, seed: 7);
        await stores.IngestAsync();
        return folder;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Path, recursive: true);
        return ValueTask.CompletedTask;
    }
}
