using System.CommandLine;
using System.CommandLine.Parsing;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

/// <summary>A verb, or a group of them, with examples of its use.</summary>
sealed class VerbCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>What there is to know beyond the description, in paragraphs.</summary>
    public IReadOnlyList<string> Remarks { get; private set; } = [];

    /// <summary>When the verb ends with <see cref="ExitCode.NotReconciled"/>; null where it never does.</summary>
    public string? EndsWith3When { get; private set; }

    /// <summary>The settings it goes by, or sections of them.</summary>
    public IReadOnlyList<string> GoesBy { get; private set; } = [];

    /// <summary>The settings that this verb's own options give, the strongest source of all.</summary>
    public Func<ParseResult, IEnumerable<GivenSetting>> Settings { get; init; } = _ => [];

    /// <summary>Adds to the help what its options do not say.</summary>
    public VerbCommand Explains(string[] remarks, string? endsWith3When = null, params string[] settings)
    {
        (Remarks, EndsWith3When, GoesBy) = (remarks, endsWith3When, settings);
        return this;
    }

    /// <summary>What the verb does. It returns the exit code, and throws what <see cref="Failures"/> can explain.</summary>
    public VerbCommand Does(Func<ParseResult, Session, CancellationToken, Task<int>> work)
    {
        SetAction(async (parse, cancellation) =>
        {
            using var session = CommandLine.Open(parse);
            return await work(parse, session, cancellation);
        });
        return this;
    }
}

static class CommandPaths
{
    /// <summary><c>batch run</c></summary>
    public static string Verb(this CommandResult command) =>
        command.Parent is CommandResult { Parent: not null } group ? $"{group.Verb()} {command.Command.Name}" : command.Command.Name;

    /// <summary><c>caudal batch run</c></summary>
    public static string Path(this CommandResult command) => command.Parent is null ? "caudal" : $"caudal {command.Verb()}";
}
