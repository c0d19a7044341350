using System.Text.RegularExpressions;
using Caudal.Generating;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class GeneratorOptionsTests
{
    static readonly Instant Start = Some.Start;

    public static TheoryData<string, GeneratorOptions> Wrong => new()
    {
        { "count must not be negative", new() { Count = -1 } },
        { "rate must be between", new() { Rate = 0 } },
        { "needs both its ends", new() { Count = 1, From = Start } },
        { "needs both its ends", new() { Count = 1, To = Start } },
        { "must end after it begins", new() { Count = 1, From = Start, To = Start } },
        { "between 1970 and 2261", new() { Count = 1, From = new(-1), To = Start } },
        { "leave out either --rate or the period", new() { Count = 1, Rate = 1, From = Start, To = Start + TimeSpan.FromDays(1) } },
        { "give --count", new() { From = Start, To = Start + TimeSpan.FromDays(1) } },
        { "customers", new() { Customers = 0 } },
        { "whole minutes", new() { UtcOffset = TimeSpan.FromSeconds(1) } },
        { "at least one message", new() { BatchRecordsMax = 0 } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_cannot_be_generated_is_refused_with_a_sentence(string sentence, GeneratorOptions options)
    {
        options.Problems().ShouldHaveSingleItem().ShouldContain(sentence);
        Should.Throw<ArgumentException>(() => new TransactionGenerator(options, TimeProvider.System)).Message.ShouldContain(sentence);
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(10L, null, false)]
    [InlineData(10L, 5, true)]
    public void A_count_alone_means_full_speed(long? count, int? rate, bool isLive)
    {
        var options = new GeneratorOptions { Count = count, Rate = rate };

        options.Problems().ShouldBeEmpty();
        options.IsLive.ShouldBe(isLive);
    }

    /// <summary>Floating point and platform mathematics give other bytes on another machine.</summary>
    [Fact]
    public void The_generator_counts_in_whole_numbers()
    {
        var folder = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(folder, "src", "Pipeline", "Generating")))
            folder = Path.GetDirectoryName(folder).ShouldNotBeNull();
        var files = Directory.GetFiles(Path.Combine(folder, "src", "Pipeline", "Generating"), "*.cs");

        files.ShouldNotBeEmpty();
        foreach (var file in files)
            Regex.Matches(File.ReadAllText(file), @"\b(double|float|decimal|Math|MathF|Random|TimeZoneInfo|Total\w*onds)\b")
                .Select(match => match.Value).ShouldBeEmpty(Path.GetFileName(file));
    }
}
