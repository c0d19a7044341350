namespace Caudal.Tests;

/// <summary>Programs of the system that some tests need: where one is absent the test is skipped here, and fails on CI.</summary>
static class Tool
{
    public static string Strace => Find("strace", "Install strace (Debian: apt-get install strace).");

    public static string Unshare => Find("unshare", "Install util-linux.");

    /// <summary>Skips the test with its reason, except on CI.</summary>
    public static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail(reason);
        Assert.Skip(reason);
    }

    static string Find(string name, string remedy)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        var path = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (path is null)
            Miss($"This test needs {name}. {remedy}");
        return path!;
    }
}
