using System.Globalization;
using System.Text;
using Caudal.Querying;
using CsCheck;

namespace Caudal.Tests.Querying;

public sealed class FoldedTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Transacción 3", "transaccion 3")]
    [InlineData("NÓMINA de Peña", "nomina de pena")]
    [InlineData("Cafe\u0301", "cafe")]
    [InlineData("Žluťoučký kůň", "zlutoucky kun")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ")]
    [InlineData("支払い 💸", "支払い 💸")]
    [InlineData("한글 é", "한글 e")]
    [InlineData("Ⱥ", "ⱥ")]
    [InlineData("a_b%c\\d*", "a_b%c\\d*")]
    public void Case_and_accents_are_removed(string text, string folded) => FoldedText.Fold(text).ShouldBe(folded);

    [Fact]
    public void Folding_what_is_folded_changes_nothing() =>
        Gen.String.Where(WellFormed).Sample(text => FoldedText.Fold(FoldedText.Fold(text)) == FoldedText.Fold(text));

    /// <summary>The table against Unicode's own, which .NET asks ICU for: there is one where tests run.</summary>
    [Fact]
    public void Letters_lose_the_marks_that_Unicode_gives_them()
    {
        var letters = Enumerable.Range(0, 0xF900).Where(code => !char.IsSurrogate((char)code)).Select(code => (char)code)
            .Where(letter => char.IsLetter(letter) && char.GetUnicodeCategory(letter) != UnicodeCategory.ModifierLetter);
        foreach (var letter in letters)
            FoldedText.Fold($"{letter}").ShouldBe(FoldedText.Fold(WithoutMarks(letter)), $"U+{(int)letter:X4}");
    }

    static string WithoutMarks(char letter)
    {
        var bare = string.Concat(letter.ToString().Normalize(NormalizationForm.FormD)
            .Where(part => char.GetUnicodeCategory(part) != UnicodeCategory.NonSpacingMark)).Normalize(NormalizationForm.FormC);
        return bare.Length == 1 ? bare : letter.ToString();
    }

    /// <summary>The quick way, letter by letter, and the way of whole texts, which one letter that is not Latin makes it take.</summary>
    [Fact]
    public void Latin_text_folds_as_any_other() =>
        Gen.Char['\u0001', '\u017f'].Array.Select(letters => new string(letters))
            .Sample(text => FoldedText.Fold(text + "我") == FoldedText.Fold(text) + "我");

    static bool WellFormed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (rune == Rune.ReplacementChar)
                return false;
        return true;
    }
}
