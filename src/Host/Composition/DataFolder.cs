using System.Security.Cryptography;
using System.Text;

namespace Caudal.Host.Composition;

/// <summary>The folder of the embedded stores, and what lies in it.</summary>
sealed class DataFolder(string path)
{
    /// <summary>What the address of a Unix socket may take on every system, with room for its end.</summary>
    const int SocketPathBytesMax = 100;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Log => In("log.db");

    public string Hot => In("hot.duckdb");

    public string History => In("history.duckdb");

    public string OwnerLock => In("owner.lock");

    /// <summary>In the folder; where that path is too long for a socket's address, in a folder that only this user can enter.</summary>
    public string Socket => Encoding.UTF8.GetByteCount(In("caudal.sock")) <= SocketPathBytesMax
        ? In("caudal.sock")
        : System.IO.Path.Combine(RuntimeFolder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..32]}.sock");

    /// <summary>For a process that serves itself beside others that do.</summary>
    public static string SocketOfThisProcess => System.IO.Path.Combine(RuntimeFolder, $"process-{System.Environment.ProcessId}.sock");

    public bool Exists => Directory.Exists(Path);

    /// <summary>Makes the folder if it is not there: what it will hold is for its user's eyes only.</summary>
    public void Create()
    {
        if (File.Exists(Path))
            throw new UsageException($"'{Path}' is a file, not a folder to keep data in.");
        try
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new VerbException($"The data folder '{Path}' cannot be made: {refused.Message}");
        }
    }

    /// <summary>
    /// Makes the folder of a socket that does not lie in a data folder, and refuses one that another user could have laid out.
    /// </summary>
    public static void CreateSocketFolder(string socket)
    {
        var folder = new DirectoryInfo(System.IO.Path.GetDirectoryName(socket)!);
        if (folder.FullName != RuntimeFolder)
            return;
        folder.Create();
        if (folder.LinkTarget is not null)
            throw new VerbException($"'{folder.FullName}' is a link; remove it, since the socket must lie in a folder of your own.");
        // Changing the mode succeeds for the folder's owner only, which makes it the test of who that is.
        File.SetUnixFileMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    static string RuntimeFolder => System.Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 and < 60 } runtime
        ? System.IO.Path.Combine(runtime, "caudal")
        : $"/tmp/caudal-{Unix.UserId()}";

    string In(string name) => System.IO.Path.Combine(Path, name);
}
