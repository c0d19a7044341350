using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Caudal.Host.Verbs;

/// <summary>The usual help, and below it what a page of a manual has: what to know, examples, exit codes, settings.</summary>
sealed class Manual(HelpAction usual) : SynchronousCommandLineAction
{
    const int Width = 100;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is VerbCommand verb)
            Write(output, verb);
        else
            WriteRoot(output);
        return ExitCode.Done;
    }

    static void Write(TextWriter output, VerbCommand verb)
    {
        foreach (var remark in verb.Remarks)
            Section(output, null, Wrapped(remark));
        Section(output, "Examples:", verb.Examples);
        if (verb.EndsWith3When is { } reason)
            Section(output, "Exit codes:", ["0 done, 1 failed, 2 wrong usage or settings", .. Wrapped($"3 {reason}")]);
        if (verb.GoesBy.Count > 0)
            Section(output, "Settings:", [$"{string.Join(", ", verb.GoesBy)} (`caudal config show` has their values)"]);
    }

    static void WriteRoot(TextWriter output)
    {
        Section(output, "Examples:", ["caudal up --demo", "caudal status", "caudal search --limit 5", "caudal batch run"]);
        Section(output, "Exit codes:",
        [
            "0  done",
            "1  failed; the last line of standard error says why and what to do",
            "2  wrong usage or settings; nothing was done",
            "3  not reconciled, or a run waits for a person",
        ]);
        Section(output, "Settings, the weakest first:",
        [
            "the defaults",
            "caudal.json in the working folder, or the file that --config names",
            "the environment: CAUDAL_Http__Port=5700 is Http:Port",
            "options",
        ]);
        Section(output, null, ["`caudal VERB --help` says more of each verb; docs/guide and docs/reference of all."]);
    }

    static void Section(TextWriter output, string? title, IReadOnlyList<string> lines)
    {
        if (title is not null)
            output.WriteLine(title);
        foreach (var line in lines)
            output.WriteLine($"  {line}");
        output.WriteLine();
    }

    static List<string> Wrapped(string text)
    {
        var lines = new List<string>();
        foreach (var word in text.Split(' '))
            if (lines is [.., var last] && last.Length + word.Length < Width)
                lines[^1] = $"{last} {word}";
            else
                lines.Add(word);
        return lines;
    }
}
