using Caudal.Dashboard.Shell;

namespace Caudal.Dashboard.Overview;

/// <summary>How fast things move, read from the last minutes of the books.</summary>
/// <param name="beats">Oldest first.</param>
public sealed class Rates(IReadOnlyList<PulseBeat> beats)
{
    static readonly TimeSpan Over = TimeSpan.FromSeconds(10);

    public PulseBeat? Last => beats is [.., var last] ? last : null;

    /// <summary>Of a figure that only grows, a second, over the last ten; null until two beats are known.</summary>
    public decimal? PerSecond(Func<PulseBeat, Int128> figure)
    {
        if (Last is not { } last || beats.FirstOrDefault(beat => last.At - beat.At <= Over) is not { } first || first == last)
            return null;
        var seconds = (decimal)(last.At - first.At).Ticks / TimeSpan.TicksPerSecond;
        return seconds <= 0 ? null : Math.Max(0, (decimal)(figure(last) - figure(first)) / seconds);
    }

    /// <summary>By how much a figure that only grows has grown over the last minutes, as far as they are known.</summary>
    public long Recently(Func<PulseBeat, long> figure) => Last is { } last ? Math.Max(0, figure(last) - figure(beats[0])) : 0;

    /// <summary>
    /// How long the oldest message waits that ingest has not taken: at most since the first beat that counted it. Zero where none waits.
    /// </summary>
    public TimeSpan OldestWaiting() =>
        Last is not { Books.Log.Lag: > 0 } last ? TimeSpan.Zero
        : beats.FirstOrDefault(beat => beat.Books.Log.Messages > last.Ingested) is { } since ? last.At - since.At
        : TimeSpan.Zero;

    /// <summary>What each second of the last minutes brought, smoothed over three, for a line without numbers.</summary>
    public IReadOnlyList<decimal> Steps(Func<PulseBeat, Int128> figure, int most)
    {
        var shown = beats.Skip(Math.Max(0, beats.Count - most - 3)).ToArray();
        return [.. Enumerable.Range(0, Math.Max(0, shown.Length - 3)).Select(at =>
        {
            var seconds = (decimal)(shown[at + 3].At - shown[at].At).Ticks / TimeSpan.TicksPerSecond;
            return seconds <= 0 ? 0 : Math.Max(0, (decimal)(figure(shown[at + 3]) - figure(shown[at])) / seconds);
        })];
    }
}
