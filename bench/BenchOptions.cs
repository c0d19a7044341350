using System.Globalization;

namespace Caudal.Bench;

/// <summary>How much a bench does; each has defaults of its own.</summary>
sealed record BenchOptions
{
    public int? Rows { get; init; }

    /// <summary>Rows that lie in the stores before anything is measured.</summary>
    public int Present { get; init; }

    public int? Seconds { get; init; }

    /// <summary>Other programs disturb: each figure is measured so often, best and median are printed.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>The executable that process benches start.</summary>
    public string Caudal { get; init; } = Path.Combine(AppContext.BaseDirectory, "../../../../src/Host/bin/Release/net10.0/caudal");

    public static BenchOptions Parse(IEnumerable<string> arguments) =>
        arguments.Chunk(2).Aggregate(new BenchOptions(), (options, pair) => pair switch
        {
            ["--rows", var count] => options with { Rows = Number(count) },
            ["--present", var count] => options with { Present = Number(count) },
            ["--seconds", var count] => options with { Seconds = Number(count) },
            ["--rounds", var count] => options with { Rounds = Number(count) },
            ["--caudal", var file] => options with { Caudal = file },
            _ => throw new ArgumentException($"What is {string.Join(' ', pair)}? Without arguments, the benches and options are listed."),
        });

    static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
