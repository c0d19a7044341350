using System.Text;
using System.Text.RegularExpressions;

namespace Caudal.Tests.Documentation;

/// <summary>
/// The shell commands of a page, as one script that ends with the first command that fails. What a reader fills in is filled in from
/// what came before, and what a reader starts in another shell goes to the background.
/// </summary>
static partial class PageScript
{
    const string Fence = "```";

    /// <summary>What the commands stand on: <c>up</c> in the background, what a reader would look up, and curl that fails loudly.</summary>
    const string Preamble = """
        set -eo pipefail
        up=
        trap 'if [ -n "$up" ]; then kill "$up" 2>/dev/null || true; wait "$up" || true; fi' EXIT
        start() {
          if [ -n "$up" ]; then return 0; fi
          "$@" 2>up.log & up=$!
          until grep -q 'Ready: ' up.log; do kill -0 "$up" || { cat up.log >&2; return 1; }; sleep 0.05; done
        }
        curl() { command curl --fail-with-body --show-error "$@"; }
        first() { grep -o "\"$1\":\"\?[^,\"]*" | head -n 1 | sed 's/.*:"\?//'; }
        open_rejection() { caudal rejections list --state open --limit 1 --json | first id; }
        waiting_run() {
          caudal batch run >/dev/null 2>&1 || true
          caudal generate --count 10 --seed $RANDOM --from 2025-09-01 --to 2025-09-02 >/dev/null
          CAUDAL_Batch__AmountMax=0.01 caudal batch run --json 2>/dev/null | first run || true
        }
        set -x

        """;

    public static string Of(string page, int port)
    {
        var script = new StringBuilder(Preamble);
        foreach (var line in Blocks(page).SelectMany(block => block))
            if (Prepare(line) is { } command)
                script.Append(command.Replace("127.0.0.1:5600", $"127.0.0.1:{port}", StringComparison.Ordinal)).Append('\n');
        return script.ToString();
    }

    /// <summary>The lines of each <c>sh</c> block that does not say <c>no-test</c>.</summary>
    public static IEnumerable<IReadOnlyList<string>> Blocks(string page)
    {
        var lines = page.Split('\n');
        for (var start = 0; start < lines.Length; start++)
        {
            if (!lines[start].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            var end = Array.IndexOf(lines, Fence, start + 1);
            if (lines[start][Fence.Length..].Trim() == "sh")
                yield return lines[(start + 1)..end];
            start = end;
        }
    }

    /// <summary>Null where a line is nothing to run here: the product is on the path already, and the tests are what runs.</summary>
    static string? Prepare(string line)
    {
        if (line.StartsWith("alias caudal=", StringComparison.Ordinal) || line.StartsWith("dotnet test", StringComparison.Ordinal))
            return null;
        line = line.Replace("dotnet run -c Release --project src/Host --", "caudal", StringComparison.Ordinal);
        if (line.StartsWith("caudal up", StringComparison.Ordinal))
            return $"start {line}";
        line = Rejection().Replace(line, "\"$(open_rejection)\"");
        return WaitingRun().Replace(line, "\"$(waiting_run)\"");
    }

    [GeneratedRegex(@"(?<=^caudal rejections \w+ )ID\b")]
    private static partial Regex Rejection();

    [GeneratedRegex(@"(?<=^caudal batch (approve|decline) )\d+")]
    private static partial Regex WaitingRun();
}
