namespace Caudal.Tests.Documentation;

/// <summary>What outsiders see lies in the repository, and a change of it is seen in review.</summary>
static class Approved
{
    /// <summary>Compares with a file of the repository; where they differ, what is right now is written beside it.</summary>
    public static void ShouldBeApprovedAs(this string received, string file)
    {
        var path = Path.Combine(TidyTests.Root, file);
        var approved = File.Exists(path) ? File.ReadAllText(path) : "";
        var beside = Path.ChangeExtension(path, $".received{Path.GetExtension(path)}");
        if (approved == received)
            File.Delete(beside);
        else
            File.WriteAllText(beside, received);
        FirstDifference(approved.Split('\n'), received.Split('\n')).ShouldBeNull(
            $"approve {Path.GetFileName(beside)} by renaming it to {Path.GetFileName(path)}, where it is right");
    }

    static string? FirstDifference(string[] approved, string[] received) =>
        Enumerable.Range(0, Math.Max(approved.Length, received.Length))
            .Where(line => approved.ElementAtOrDefault(line) != received.ElementAtOrDefault(line))
            .Select(line => $"line {line + 1}: '{approved.ElementAtOrDefault(line)}' is '{received.ElementAtOrDefault(line)}' now")
            .FirstOrDefault();
}
