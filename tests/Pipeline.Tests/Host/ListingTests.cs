using Caudal.Host.Verbs;
using Spectre.Console;

namespace Caudal.Tests;

public sealed class ListingTests
{
    [Fact]
    public void Where_there_is_room_it_is_a_table() => Shown(120).ShouldBe([
        "  run   state     sum   where",
        "─────────────────────────────────────────────────────",
        "  1     Purged   0.10   a rather long text of words",
        "  12    Loaded   9.00   b"]);

    [Fact]
    public void Where_there_is_none_a_row_goes_on_below_and_no_word_is_broken() => Shown(30).ShouldBe([
        "run  state    sum",
        "  where",
        "1    Purged  0.10",
        "  a rather long text of words",
        "12   Loaded  9.00",
        "  b"]);

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(47)]
    [InlineData(80)]
    public void No_line_is_longer_than_the_terminal_is_wide(int width) => Shown(width).ShouldAllBe(line => line.Length <= width);

    static string[] Shown(int width)
    {
        var listing = new Listing("run", "state", Listing.Number("sum"), "where");
        listing.Add("1", "Purged", "0.10", "a rather long text of words");
        listing.Add("12", "Loaded", "9.00", "b");
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = width;
        console.Write(listing);
        return [.. writer.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
    }
}
