using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Opens the hot store's file whatever state it is in. It is a projection of the log, so one that does not open is set aside, never
/// repaired and never deleted.
/// </summary>
static partial class HotFile
{
    /// <summary>
    /// DuckDB ends the whole process on some damaged write-ahead logs. After so many starts that died in opening, the file is broken.
    /// </summary>
    const int DeathsMax = 3;

    /// <returns>The open file, and the name under which a broken one was set aside, or null.</returns>
    public static (DuckDbFile File, string? SetAside) Open(string path, DuckDbOptions options, TimeProvider time, ILogger logger)
    {
        var setAside = DiedTooOften(path) ? SetAside(path, time) : null;
        if (setAside is not null)
            LogDeaths(logger, DeathsMax, path, setAside);
        try
        {
            return (OpenNoting(path, options), setAside);
        }
        catch (DuckDbFileException fault) when (fault.IsBroken && setAside is null)
        {
            setAside = SetAside(path, time);
            LogBroken(logger, setAside, fault);
            return (OpenNoting(path, options), setAside);
        }
    }

    /// <summary>Renames the file with its write-ahead log and whatever else DuckDB keeps beside it; returns its new name.</summary>
    public static string SetAside(string path, TimeProvider time)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var aside = $"{path}.broken-{stamp}";
        var itsOwn = Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".wal*").Append(path);
        foreach (var file in itsOwn.Where(File.Exists))
            File.Move(file, aside + file[path.Length..]);
        File.Delete(Marker(path));
        return Path.GetFileName(aside);
    }

    /// <summary>A marker stands beside the file while it is being opened: one left behind tells of a process that died then.</summary>
    static DuckDbFile OpenNoting(string path, DuckDbOptions options)
    {
        Note(path, Deaths(path) + 1);
        try
        {
            return DuckDbFile.Open(path, options, HotSchema.Version, HotSchema.Ddl, HotSchema.Migrate);
        }
        finally
        {
            File.Delete(Marker(path));
        }
    }

    static void Note(string path, int attempt)
    {
        try
        {
            File.WriteAllText(Marker(path), attempt.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // A full disk is no reason not to open what can be read.
        }
    }

    static bool DiedTooOften(string path) => Deaths(path) >= DeathsMax;

    static int Deaths(string path) =>
        File.Exists(Marker(path)) && int.TryParse(File.ReadAllText(Marker(path)), CultureInfo.InvariantCulture, out var deaths)
            ? deaths
            : 0;

    static string Marker(string path) => path + ".opening";

    [LoggerMessage(
        300, LogLevel.Warning, "The hot store's file did not open and was set aside as {File}; it begins anew and is filled from the log.")]
    static partial void LogBroken(ILogger logger, string file, Exception fault);

    [LoggerMessage(
        301, LogLevel.Warning,
        "The last {Deaths} starts died while opening {Path}. It was set aside as {File}; it begins anew and is filled from the log.")]
    static partial void LogDeaths(ILogger logger, int deaths, string path, string file);
}
