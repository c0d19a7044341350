using System.Diagnostics;
using System.Globalization;

namespace Caudal.Bench;

/// <summary>What doing something with so many rows took.</summary>
readonly record struct Measured(long Rows, TimeSpan Wall, TimeSpan Cpu)
{
    public decimal RowsPerSecond => Rows / (decimal)Wall.TotalSeconds;

    /// <summary>The figure that survives a busy machine.</summary>
    public decimal CpuSecondsPerMillion => (decimal)Cpu.TotalSeconds / Rows * 1_000_000;

    public static async Task<Measured> OfAsync(long rows, Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var (begun, cpu) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        await work();
        process.Refresh();
        return new(rows, Stopwatch.GetElapsedTime(begun), process.TotalProcessorTime - cpu);
    }
}

/// <summary>Prints rows of the results table.</summary>
static class Table
{
    public static void Head() => Console.WriteLine("| measure | best | median | CPU s per M rows |\n|---|---|---|---|");

    public static void Rate(string measure, IReadOnlyList<Measured> rounds)
    {
        var bySpeed = rounds.OrderByDescending(round => round.RowsPerSecond).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {measure} | {bySpeed[0].RowsPerSecond:N0}/s | {bySpeed[bySpeed.Count / 2].RowsPerSecond:N0}/s "
            + $"| {rounds.Min(round => round.CpuSecondsPerMillion):N2} |"));
    }

    public static void Row(string measure, FormattableString figure, string median = "") =>
        Console.WriteLine($"| {measure} | {FormattableString.Invariant(figure)} | {median} | |");

    /// <summary>How the same work compares, round by round, since the machine is not the same in every round.</summary>
    public static void Ratio(string measure, IReadOnlyList<Measured> ours, IReadOnlyList<Measured> floor)
    {
        var ratios = ours.Zip(floor, (mine, theirs) => mine.RowsPerSecond / theirs.RowsPerSecond).Order().ToList();
        Row(measure, $"{ratios[^1]:P0}", ratios[ratios.Count / 2].ToString("P0", CultureInfo.InvariantCulture));
    }
}
