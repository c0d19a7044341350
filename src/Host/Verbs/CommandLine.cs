using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

/// <summary>The command line: its verbs, what they share, and how a process ends.</summary>
static class CommandLine
{
    static readonly Option<string?> Data = new("--data")
    {
        Description = "The folder of the embedded stores [default: data]", HelpName = "DIR", Recursive = true,
    };

    static readonly Option<string?> Config = new("--config")
    {
        Description = "The settings file [default: caudal.json, if it is there]", HelpName = "FILE", Recursive = true,
    };

    static readonly Option<bool> Json = new("--json")
    {
        Description = "Print JSON only: one object, or one a line for lists", Recursive = true,
    };

    /// <summary>Failures and signals are ours to answer.</summary>
    static readonly InvocationConfiguration Unhandled = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    public static RootCommand Build()
    {
        var root = new RootCommand(
            "Carries financial transactions from a durable log to a reconciled history, and proves that none was lost, doubled or altered.")
        {
            UpVerb.Build(), GenerateVerb.Build(), ImportVerb.Build(), IngestVerb.Build(), ServeVerb.Build(), BatchVerbs.Build(),
            SearchVerb.Build(), RejectionVerbs.Build(), TraceVerb.Build(), StatusVerb.Build(), VerifyVerb.Build(), EventsVerb.Build(),
            TokenVerbs.Build(), LogVerbs.Build(), MigrateVerb.Build(), ConfigVerbs.Build(), Data, Config, Json,
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new Manual((HelpAction)help.Action!);
        return root;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        using var interruption = new Interruption();
        var parse = Build().Parse(args is [] ? ["--help"] : args);
        if (parse.Action is ParseErrorAction)
            return Fail(WrongUsage(parse));
        try
        {
            return await parse.InvokeAsync(Unhandled, interruption.Token);
        }
        catch (Exception failure)
        {
            return Fail(failure);
        }
    }

    /// <summary>The session of a verb: its settings from every source, and where it prints.</summary>
    public static Session Open(ParseResult parse)
    {
        GivenSetting[] options = parse.GetValue(Data) is { } data ? [new("Data", data, "--data")] : [];
        var chosen = (parse.CommandResult.Command as VerbCommand)?.Settings(parse) ?? [];
        var settings = EffectiveSettings.Of([
            .. SettingsSources.File(parse.GetValue(Config)), .. SettingsSources.Environment(Environment.GetEnvironmentVariables()),
            .. options, .. chosen]);
        return new(parse.CommandResult.Verb(), settings, new(parse.GetValue(Json)), new(TimeProvider.System));
    }

    static UsageException WrongUsage(ParseResult parse)
    {
        // A verb that does not exist is also told of as one that is missing: the second error of the two says more.
        var errors = parse.Errors.Count > 1 ? parse.Errors.Skip(parse.CommandResult.Command.Subcommands.Count > 0 ? 1 : 0) : parse.Errors;
        return new(string.Join('\n', [
            .. errors.Select(error => error.Message).Distinct(), $"`{parse.CommandResult.Path()} --help` shows how it is used."]));
    }

    static int Fail(Exception failure)
    {
        var (exitCode, sentence) = Failures.Explain(failure);
        new Terminal(json: false).Fail(sentence);
        return exitCode;
    }
}
