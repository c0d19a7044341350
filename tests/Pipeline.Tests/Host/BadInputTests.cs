namespace Caudal.Tests;

/// <summary>Every wrong use of a verb ends in its exit code and in a sentence that says what to do.</summary>
public sealed class BadInputTests : IDisposable
{
    const int Failed = 1;
    const int WrongUsage = 2;

    readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(WrongUsage, "Unrecognized command", "settle")]
    [InlineData(WrongUsage, "Required command was not provided", "batch")]
    [InlineData(WrongUsage, "no whole number for --count", "generate", "--count", "many")]
    [InlineData(WrongUsage, "no whole number for --port", "up", "--port", "http")]
    [InlineData(WrongUsage, "no whole number for --run", "batch", "step", "extract", "--run", "one")]
    [InlineData(WrongUsage, "'--run' is required", "batch", "step", "extract")]
    [InlineData(WrongUsage, "Must be one of", "batch", "step", "transform", "--run", "1")]
    [InlineData(WrongUsage, "'--why' is required", "batch", "decline", "1")]
    [InlineData(WrongUsage, "no whole number for ID", "batch", "show", "first")]
    [InlineData(WrongUsage, "epoch/partition/offset", "rejections", "show", "17")]
    [InlineData(WrongUsage, "epoch/partition/offset", "rejections", "discard", "x/y/z", "--why", "a test")]
    [InlineData(WrongUsage, "Must be one of", "search", "--store", "cold")]
    [InlineData(WrongUsage, "Must be one of", "search", "--sort", "detalle")]
    [InlineData(WrongUsage, "at least 1", "search", "--limit", "0")]
    [InlineData(WrongUsage, "Choose one of --count, --top and --histogram", "search", "--count", "--top", "app")]
    [InlineData(WrongUsage, "Did you mean producto?", "search", "app: DeUna and prodcto: Ahorros")]
    [InlineData(WrongUsage, "  app: DeUna and prodcto: Ahorros\n                 ^", "search", "app: DeUna and prodcto: Ahorros")]
    [InlineData(WrongUsage, "Must be one of", "import", "x", "--format", "xml")]
    [InlineData(WrongUsage, "There is no field 'monto'", "import", "x", "--map", "monto=Monto")]
    [InlineData(WrongUsage, "There is no fault 'lost'", "generate", "--count", "1", "--faults", "lost=0.1")]
    [InlineData(WrongUsage, "'yesterday' is no time for --from", "generate", "--count", "1", "--from", "yesterday", "--to", "2025-09-13")]
    [InlineData(WrongUsage, "give --from and --to", "generate", "--count", "1", "--from", "2025-09-13")]
    [InlineData(WrongUsage, "between 0 and 65535", "up", "--port", "65536")]
    [InlineData(WrongUsage, "There is no settings file 'none.json'", "status", "--config", "none.json")]
    [InlineData(Failed, "There is no file 'none.ndjson'", "import", "none.ndjson")]
    [InlineData(Failed, "is a directory", "import", ".")]
    [InlineData(Failed, "There is no data folder", "status")]
    [InlineData(Failed, "There is no data folder", "search")]
    [InlineData(Failed, "There is no data folder", "batch", "run", "--data", "nowhere")]
    public async Task It_is_refused_in_a_sentence(int exitCode, string sentence, params string[] arguments)
    {
        var said = await CaudalProcess.RunAsync(_folder, arguments);

        said.ExitCode.ShouldBe(exitCode, said.Error);
        said.Error.ShouldContain(sentence);
        said.Error.ShouldNotContain("   at ");
        said.Out.ShouldBeEmpty();
        Directory.Exists(_folder.File("data")).ShouldBeFalse("a refused verb leaves nothing behind");
    }

    [Theory]
    [InlineData(WrongUsage, "'yesterday' is no time for from", "search", "--from", "yesterday")]
    [InlineData(WrongUsage, "'2025-13-01' is no time for to", "search", "--to", "2025-13-01")]
    [InlineData(WrongUsage, "is later than", "search", "--from", "2025-09-14", "--to", "2025-09-13")]
    [InlineData(WrongUsage, "'importe' is no text field", "search", "--top", "importe")]
    [InlineData(WrongUsage, "'soon' is no time for cutoff", "batch", "run", "--cutoff", "soon")]
    [InlineData(Failed, "There is no run 99", "batch", "show", "99")]
    [InlineData(Failed, "There is no run 99", "batch", "step", "load", "--run", "99")]
    [InlineData(Failed, "There is no run 99", "batch", "approve", "99")]
    [InlineData(Failed, "There is no run 99", "batch", "decline", "99", "--why", "a test")]
    [InlineData(Failed, "There is no rejection", "rejections", "show", "6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f/0/7")]
    [InlineData(Failed, "There is no rejection", "rejections", "resend", "6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f/0/7")]
    [InlineData(Failed, "There is no rejection", "rejections", "discard", "6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f/0/7", "--why", "a test")]
    public async Task What_is_not_there_is_told_by_the_owner_of_the_data(int exitCode, string sentence, params string[] arguments)
    {
        Directory.CreateDirectory(_folder.File("data"));

        var said = await CaudalProcess.RunAsync(_folder, arguments);

        said.ExitCode.ShouldBe(exitCode, said.Error);
        said.Error.ShouldContain(sentence);
        said.Error.ShouldNotContain("   at ");
    }

    public void Dispose() => _folder.Dispose();
}
