using System.CommandLine;
using System.CommandLine.Parsing;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

/// <summary>A verb, or a group of them, with examples of its use.</summary>
sealed class VerbCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>The settings that this verb's own options give, the strongest source of all.</summary>
    public Func<ParseResult, IEnumerable<GivenSetting>> Settings { get; init; } = _ => [];

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
