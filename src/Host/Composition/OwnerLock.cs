using System.Globalization;
using System.Text;
using Caudal.Host.Verbs;

namespace Caudal.Host.Composition;

/// <summary>Who holds a data folder.</summary>
/// <param name="Verb">What it runs as: <c>up</c>, <c>batch run</c>.</param>
sealed record Owner(int Process, string Verb)
{
    /// <summary>Roles serve other verbs for as long as they run; any other verb is done soon and lets go.</summary>
    public bool Serves => IsRole(Verb);

    public static bool IsRole(string verb) => verb is "up" or "ingest" or "serve";

    public override string ToString() => $"`caudal {Verb}` (process {Process})";
}

/// <summary>
/// The right to open a data folder's files, which one process has at a time. The system keeps it (flock), so a process that dies by any
/// death has let go of it; what the file says is only who.
/// </summary>
sealed class OwnerLock : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly FileStream _file;

    OwnerLock(FileStream file) => _file = file;

    /// <summary>The lock, or null where another process has it.</summary>
    public static OwnerLock? TryTake(DataFolder folder, string verb)
    {
        FileStream file;
        try
        {
            file = new(folder.OwnerLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new VerbException($"'{folder.OwnerLock}' cannot be written; give this user the folder, or name another with --data.");
        }
        catch (IOException) when (File.Exists(folder.OwnerLock))
        {
            return null;
        }
        var line = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {verb}\n");
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(line));
        file.Flush();
        return new(file);
    }

    /// <summary>
    /// Waits for the lock, naming whom for. Null where, instead, whoever has it does for what the caller wants:
    /// <paramref name="doesAsync"/> is asked each time round.
    /// </summary>
    public static async Task<OwnerLock?> TakeAsync(Session session, Func<Owner, Task<bool>> doesAsync, CancellationToken cancellation)
    {
        for (var waitingFor = (Owner?)null; ;)
        {
            if (TryTake(session.Folder, session.Verb) is { } taken)
                return taken;
            var owner = ReadOwner(session.Folder);
            if (owner is not null && await doesAsync(owner))
                return null;
            if (owner is { Serves: false } && owner != waitingFor)
                session.Terminal.Say($"Waiting for {owner} to finish with {session.Folder.Path}.");
            waitingFor = owner;
            await Task.Delay(Pause, cancellation);
        }
    }

    /// <summary>Who has the lock, as its file says; null in the moment before a new owner has written it.</summary>
    public static Owner? ReadOwner(DataFolder folder)
    {
        var line = Unix.ReadLocked(folder.OwnerLock);
        return line.EndsWith('\n') && line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space
            && int.TryParse(line[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? new(process, line[(space + 1)..^1])
            : null;
    }

    public void Dispose() => _file.Dispose();
}
