namespace Caudal.Dashboard.Charts;

/// <summary>How a series is drawn.</summary>
public enum SeriesShape
{
    Bars,
    Line,
    Area,
}

/// <summary>
/// What a chart over time shows: one value a moment. A chart is a picture, so its values may be rounded; the texts beside the pointer are
/// exact.
/// </summary>
/// <param name="Starts">Where each bucket begins, ascending: what clocks in the business zone show, as seconds since 1970.</param>
/// <param name="Ends">Where each ends.</param>
/// <param name="Values">As tall as each stands; null where there is nothing to show.</param>
/// <param name="Texts">What each is, exactly, in the reader's way.</param>
/// <param name="Shape">How it is drawn: bars for what is counted per bucket.</param>
/// <param name="Colour">A colour's name among the tokens: flow, money, good, wait or bad.</param>
public sealed record TimeSeries(
    IReadOnlyList<long> Starts, IReadOnlyList<long> Ends, IReadOnlyList<decimal?> Values, IReadOnlyList<string> Texts, SeriesShape Shape,
    string Colour)
{
    /// <summary>The whole of the axis, wider than the values where there are none at its ends; null for as wide as they are.</summary>
    public (long From, long To)? Axis { get; init; }

    /// <summary>What stands before the numbers of the axis, such as a currency's sign.</summary>
    public string Prefix { get; init; } = "";

    public bool IsEmpty => Values.All(value => value is null or 0);
}
