namespace Caudal.Tests;

/// <summary>The command line's help is what people see first: a change of it is seen in review, in <c>help.txt</c>.</summary>
public sealed class HelpTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static readonly string[] Verbs =
    [
        "", "up", "generate", "import", "ingest", "batch", "batch run", "batch step", "batch backfill", "batch list", "batch show",
            "batch approve", "batch decline",
        "search", "rejections", "rejections list", "rejections show", "rejections resend", "rejections discard", "status", "verify",
            "token", "token create", "token list", "token revoke", "log", "log new-epoch", "config",
        "config show", "config check",
    ];

    [Fact]
    public async Task Help_is_as_approved()
    {
        var help = new List<string>();
        foreach (var verb in Verbs)
        {
            var said = await CaudalProcess.RunAsync(_folder, [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            said.ExitCode.ShouldBe(0);
            help.Add($"$ caudal {verb}{(verb.Length > 0 ? " " : "")}--help\n{said.Out.TrimEnd()}\n");
        }

        var received = string.Join('\n', help);
        var approved = Path.Combine(TidyTests.Root, "tests/Pipeline.Tests/Host/help.txt");
        if (File.ReadAllText(approved) != received)
            File.WriteAllText(Path.ChangeExtension(approved, ".received.txt"), received);
        received.Split('\n').ShouldBe(
            File.ReadAllText(approved).Split('\n'), "approve help.received.txt by renaming it to help.txt, where it is right");
    }

    [Fact]
    public async Task Nothing_asked_shows_the_help() =>
        (await CaudalProcess.RunAsync(_folder)).Out.ShouldContain("Commands:");

    public void Dispose() => _folder.Dispose();
}
