using Caudal.Dashboard.Discover;

namespace Caudal.Tests.Discover;

/// <summary>What is suggested at the end of a query.</summary>
public sealed class CompletionTests
{
    static readonly string[] Values = ["DeUna", "Banca Web"];

    [Theory]
    [InlineData("cue", "cuenta_ordenante|cuenta_beneficiario", "cuenta_ordenante: ")]
    [InlineData("app: ", "DeUna|\"Banca Web\"", "app: DeUna ")]
    [InlineData("app: \"Ban", "\"Banca Web\"", "app: \"Banca Web\" ")]
    [InlineData("valor >= 5 ", "and|or|and not", "valor >= 5 and ")]
    [InlineData("valor >= 5 and pro", "producto", "valor >= 5 and producto: ")]
    [InlineData("(de", "detalle", "(detalle: ")]
    [InlineData("nothing like it", "", "")]
    public void A_word_more_is_suggested(string query, string words, string first)
    {
        var next = Completion.Next(query, Values);

        string.Join('|', next.Select(each => each.Word)).ShouldBe(words);
        (next is [var (_, whole), ..] ? whole : "").ShouldBe(first);
    }
}
