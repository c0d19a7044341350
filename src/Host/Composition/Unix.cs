using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Caudal.Host.Composition;

/// <summary>What .NET does not offer of the C library.</summary>
static partial class Unix
{
    /// <summary>
    /// Reads a file that another process holds locked. <see cref="File"/> would ask for a shared lock first, and be refused.
    /// </summary>
    public static string ReadLocked(string path)
    {
        const int readOnly = 0;
        using var handle = new SafeFileHandle(Open(path, readOnly), ownsHandle: true);
        if (handle.IsInvalid)
            return "";
        using var reader = new StreamReader(new FileStream(handle, FileAccess.Read, bufferSize: 0));
        return reader.ReadToEnd();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint UserId();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);
}
