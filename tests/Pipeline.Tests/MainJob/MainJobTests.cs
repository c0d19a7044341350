using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Caudal.Generating;
using Caudal.Transactions;

namespace Caudal.Tests.MainJob;

/// <summary>
/// The main job as a bank runs it: files are imported, settled and proven while other transactions keep arriving. Everything is a process
/// of its own, and every figure is compared with what the feed is known to hold.
/// </summary>
public sealed class MainJobTests(ITestOutputHelper output) : IAsyncLifetime
{
    const string EveryFault = "duplicate=0.01,conflict=0.001,late=0.02,out_of_order=0.02,malformed=0.001,missing=0.001,type=0.001,"
        + "amount=0.001,timestamp=0.001";

    /// <summary>50,000 here; the long run asks for a million.</summary>
    static readonly int Rows = int.Parse(
        Environment.GetEnvironmentVariable("CAUDAL_TEST_MAIN_JOB_ROWS") ?? "50000", CultureInfo.InvariantCulture);

    readonly string _folder = Directory.CreateTempSubdirectory("job").FullName;
    RunningCaudal _caudal = null!;
    ChildProcess _live = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _caudal = new(Path.Combine(_folder, "data"));
        _caudal.Start();
        await _caudal.ReadyAsync(Cancellation);
        _live = _caudal.StartVerb("generate", "--rate", "1000", "--seed", "11");
    }

    public async ValueTask DisposeAsync()
    {
        await _live.DisposeAsync();
        await _caudal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_month_with_every_fault_ends_in_history_to_the_cent_while_more_arrives()
    {
        var file = Path.Combine(_folder, "month.ndjson");
        var expected = await WriteMonthAsync(file);

        var report = await _caudal.AskAsync($"import {file}", Cancellation);

        Number(report, "read").ShouldBe(Rows);
        Number(report, "accepted").ShouldBe(expected.Rows);
        Number(report, "duplicates").ShouldBe(expected.Duplicates);
        Number(report, "rejected").ShouldBe(expected.Rejections.Values.Sum());
        Text(report, "sum").ShouldBe(expected.Sum.ToString());
        await SettleAndProveAsync("--from 2025-08-25 --to 2025-10-02", expected.Rows, expected.Sum.ToString());

        // The same file once more is absorbed: by history, since hot has let go of it.
        await _caudal.AskAsync($"import {file}", Cancellation);
        await SettleAndProveAsync("--from 2025-08-25 --to 2025-10-02", expected.Rows, expected.Sum.ToString());
    }

    [Fact]
    public async Task A_public_data_set_ends_in_history_to_the_cent_while_more_arrives()
    {
        var writer = Path.Combine(TidyTests.Root, "..", "shared", "data", "paysim", "to-wire.py");
        Assert.SkipUnless(File.Exists(writer), "The PaySim data set is not beside the project.");
        var file = Path.Combine(_folder, "paysim.ndjson");
        await WriteOutputAsync("python3", writer, file);

        var report = await _caudal.AskAsync($"import {file}", Cancellation);

        Number(report, "accepted").ShouldBe(321_107);
        Text(report, "sum").ShouldBe("47198709875.74");
        await SettleAndProveAsync("--from 2025-01-01 --to 2025-02-01", 321_107, "47198709875.74");
    }

    /// <summary>Settles what has arrived, then what arrived meanwhile, and looks at the period and at the whole.</summary>
    async Task SettleAndProveAsync(string period, long count, string sum)
    {
        var run = await _caudal.AskAsync("batch run", Cancellation);
        var settled = await _caudal.AskAsync($"search --store history --count {period}", Cancellation);
        Number(settled, "count").ShouldBe(count);
        Text(settled, "sum").ShouldBe(sum);
        Number(run, "purged").ShouldBe(Number(run, "extracted"));

        var proven = await _caudal.AskAsync("verify", Cancellation);
        proven.GetProperty("reconciled").GetBoolean().ShouldBeTrue(proven.ToString());
        var messages = proven.GetProperty("log");
        output.WriteLine($"run: {run}");
        output.WriteLine($"verify: {proven}");
        Number(messages, "messages").ShouldBeGreaterThan(count);
    }

    static async Task<ExpectedOutcome> WriteMonthAsync(string path)
    {
        var generator = new TransactionGenerator(
            new()
            {
                Seed = 7,
                Count = Rows,
                From = Instant.Of(new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero)),
                To = Instant.Of(new(2025, 10, 1, 0, 0, 0, TimeSpan.Zero)),
                Faults = FaultDial.Parse(EveryFault),
            },
            TimeProvider.System);
        await using var file = File.Create(path);
        await foreach (var batch in generator.RunAsync(Cancellation))
            foreach (var message in batch)
            {
                file.Write(message.Value.Span);
                file.WriteByte((byte)'\n');
            }
        return generator.Totals.Expected;
    }

    static async Task WriteOutputAsync(string program, string argument, string path)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true })!;
        await using (var file = File.Create(path))
            await process.StandardOutput.BaseStream.CopyToAsync(file, Cancellation);
        await process.WaitForExitAsync(Cancellation);
        process.ExitCode.ShouldBe(0);
    }

    static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
