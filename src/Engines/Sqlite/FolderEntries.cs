using System.Runtime.InteropServices;

namespace Caudal.Engines.Sqlite;

/// <summary>
/// Makes the folders that lead to a new file as durable as the file. SQLite syncs the folder that the file lies in; a new folder's own
/// entry, without which a power failure takes the file away with it, is ours. .NET cannot open a folder, hence the system calls.
/// </summary>
static partial class FolderEntries
{
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            var descriptor = Open(parent, flags: 0);
            // A folder that may not even be listed was there before us.
            if (descriptor < 0)
                continue;
            var failed = Fsync(descriptor) < 0;
            var error = Marshal.GetLastPInvokeErrorMessage();
            _ = Close(descriptor);
            if (failed)
                throw new IOException($"The folder {parent} cannot be synced, so that a new log in it would not be safe: {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
