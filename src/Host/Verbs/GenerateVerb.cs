using System.CommandLine;
using System.Text.Json.Serialization;
using Caudal.Dashboard.Api;
using Caudal.Generating;
using Caudal.Host.Composition;
using Caudal.Log;
using Caudal.Transactions;
using Spectre.Console;

namespace Caudal.Host.Verbs;

static class GenerateVerb
{
    static readonly Option<long?> Count = new("--count")
    {
        Description = "How many messages [default: until Ctrl-C]", HelpName = "N", CustomParser = WholeNumber.ParseOptional<long>,
    };
    static readonly Option<int?> Rate = new("--rate")
    {
        Description = "Transactions a second [default: full speed with --count, else 50]", HelpName = "R",
        CustomParser = WholeNumber.ParseOptional<int>,
    };
    static readonly Option<ulong> Seed = new("--seed")
    {
        Description = "Same seed, period and count: the same bytes", HelpName = "S", CustomParser = WholeNumber.Parse<ulong>,
        DefaultValueFactory = _ => 1,
    };
    static readonly Option<string?> From = new("--from") { Description = "The first moment of a past period", HelpName = "T" };
    static readonly Option<string?> To = new("--to") { Description = "The first moment after it", HelpName = "T" };

    static readonly Option<string?> Faults = new("--faults")
    {
        Description = $"Shares of messages with a fault: {string.Join(", ", FaultDial.Names)}", HelpName = "FAULT=SHARE,…",
    };

    static readonly Option<string> Output = new("--output")
    {
        Description = "log, - for standard output, or a file: one JSON a line", HelpName = "log|-|FILE", DefaultValueFactory = _ => "log",
    };

    public static VerbCommand Build() => new VerbCommand(
        "generate", "Make transactions as a bank's customers do",
        "caudal generate --count 1000000 --seed 7", "caudal generate --rate 500", "caudal generate --count 1000 --output - | head",
        "caudal generate --count 100000 --faults duplicate=0.01,late=0.02,malformed=0.001")
    {
        Count, Rate, Seed, From, To, Faults, Output,
    }.Explains(
        [
            "With a count and no rate it makes a past period at full speed, else a live stream at the rate. What it mixes in as faults is "
            + "counted and printed at the end, to compare with what became of it.",
        ],
        settings: ["Data", "Ingest:Topic"]).Does(async (parse, session, cancellation) =>
    {
        var generator = new TransactionGenerator(Options(parse, session), TimeProvider.System);
        var count = parse.GetValue(Count);
        await session.Terminal.ProgressAsync("Generating", async report =>
        {
            await using var sink = await GeneratorSink.OpenAsync(parse.GetRequiredValue(Output), session, cancellation);
            var done = 0L;
            try
            {
                await foreach (var batch in generator.RunAsync(cancellation))
                {
                    // What is made is also written: a count that was printed is one that is there.
                    await sink.WriteAsync(batch, CancellationToken.None);
                    report(done += batch.Count, count);
                }
            }
            catch (OperationCanceledException) when (count is null)
            {
                // Ctrl-C is how an endless feed ends.
            }
        });
        var totals = generator.Totals;
        if (parse.GetRequiredValue(Output) != "-")
            session.Terminal.Result(new(totals.Generated, totals.Faults), GenerateJson.Default.Generated, generated =>
                new Text($"{Numbers.Format(generated.Count)} messages generated; {Faulty(generated)}.\n"));
        else
            session.Terminal.Say($"{Numbers.Format(totals.Generated)} messages generated.");
        return ExitCode.Done;
    });

    static GeneratorOptions Options(ParseResult parse, Session session)
    {
        var options = new GeneratorOptions
        {
            Seed = parse.GetValue(Seed), Count = parse.GetValue(Count), Rate = parse.GetValue(Rate),
            From = Time(parse.GetValue(From), "--from", session), To = Time(parse.GetValue(To), "--to", session),
            Faults = ParseFaults(parse.GetValue(Faults)),
        };
        return options.Problems() is { Count: > 0 } problems ? throw new UsageException(string.Join('\n', problems)) : options;
    }

    static Instant? Time(string? text, string option, Session session) =>
        text is null ? null
        : Moments.TryParse(text, session.Settings.History.FindBusinessZone() ?? TimeZoneInfo.Utc, out var instant) ? instant
        : throw new UsageException($"'{text}' is no time for {option}: {Moments.Form}.");

    static FaultDial ParseFaults(string? text)
    {
        try
        {
            return text is null ? FaultDial.None : FaultDial.Parse(text);
        }
        catch (FormatException malformed)
        {
            throw new UsageException(malformed.Message);
        }
    }

    static string Faulty(Generated generated) => generated.Faults.Values.Sum() is > 0 and var faulty
        ? $"{Numbers.Format(faulty)} with a fault: {string.Join(", ", generated.Faults.Select(fault => $"{fault.Value} {fault.Key}"))}"
        : "none with a fault";

    internal sealed record Generated([property: JsonPropertyName("generated")] long Count, IReadOnlyDictionary<string, long> Faults);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GenerateVerb.Generated))]
sealed partial class GenerateJson : JsonSerializerContext;
