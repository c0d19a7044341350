using System.Globalization;

namespace Caudal.Engines.Sqlite;

/// <summary>
/// Names a holder in a way that tells others on the same system whether its process is gone: <c>boot/pid namespace/pid/start/random</c>.
/// Where the system does not say (no <c>/proc</c>, another container), a holder is never said to be gone.
/// </summary>
static class ProcessMark
{
    static readonly string Scope = ReadScope();

    public static string New() =>
        $"{Scope}/{Environment.ProcessId}/{StartOf(Environment.ProcessId)}/{Guid.NewGuid():N}";

    public static bool IsGone(string mark)
    {
        var parts = mark.Split('/');
        return parts.Length == 5 && Scope.Length > 1 && $"{parts[0]}/{parts[1]}" == Scope
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && StartOf(id) != parts[3];
    }

    static string ReadScope()
    {
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            var space = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name;
            return $"{boot}/{space}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "/";
        }
    }

    /// <summary>When a process started, in ticks since boot: it tells it from a later one of its number. Empty if there is none.</summary>
    static string StartOf(int id)
    {
        try
        {
            // The program's name, in brackets, may itself hold spaces and brackets; field 22 is the 20th after it.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            // A zombie no longer runs.
            return fields[0] == "Z" ? "" : fields[19];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
