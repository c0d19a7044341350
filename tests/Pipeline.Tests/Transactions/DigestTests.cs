using Caudal.Reconciling;
using Caudal.Transactions;
using CsCheck;

namespace Caudal.Tests;

public sealed class DigestTests
{
    static readonly Transaction Whole = Some.Transaction(17, some => some with
    {
        IdText = "TX-17",
        Extra = """{"canal": "caja 4", "cuotas": [1, 2]}""",
    });

    /// <summary>Frozen: every store and every receipt holds digests that must still be found by a later version.</summary>
    [Fact]
    public void Digests_stay_what_they_are()
    {
        string[] digests =
        [
            Some.Transaction(0).Digest.ToString(),
            Some.Transaction(1).Digest.ToString(),
            Some.Transaction(2, some => some with { Detail = new string('é', 500) }).Digest.ToString(),
            Whole.Digest.ToString(),
        ];

        digests.ShouldBe(
        [
            "566e0989d8348482a045044e38edde84",
            "d230437467a9a2f4d4b8d523b295b9c5",
            "cdde9c49012ac754cc082165b433376a",
            "1a7505ca3fafc8c81fc3d5abb62eb8c7",
        ]);
    }

    [Fact]
    public void The_canonical_form_is_as_documented()
    {
        var buffer = new byte[1024];
        var form = buffer.AsSpan(0, CanonicalForm.Write(Whole, buffer));

        Convert.ToHexStringLower(form).ShouldBe(string.Concat(
            "01", "00000000000080008000000000000011",
            "05000000", Hex("TX-17"),
            "05000000", Hex("DeUna"),
            "0a000000", Hex("4677717323"),
            "1200000000000000",
            "0b000000", Hex("Inversiones"),
            "0a000000", Hex("1582464650"),
            "0a000000", Hex("3216342900"),
            "0f000000", Hex("Transacción 17"),
            "b93c4bd1a73e0600",
            "21000000", Hex("""{"canal":"caja 4","cuotas":[1,2]}""")));
    }

    public static readonly TheoryData<string, Func<Transaction, Transaction>> Changes = new()
    {
        { "id", some => some with { Id = new(some.Id.Value + 1) } },
        { "id_texto", some => some with { IdText = "TX-18" } },
        { "id_texto left out", some => some with { IdText = null } },
        { "id_texto empty", some => some with { IdText = "" } },
        { "app", some => some with { App = "DeUna " } },
        { "id_ordenante", some => some with { DebtorId = "4677717324" } },
        { "valor", some => some with { Amount = new(some.Amount.Cents + 1) } },
        { "producto", some => some with { Product = "inversiones" } },
        { "cuenta_ordenante", some => some with { DebtorAccount = "1582464651" } },
        { "cuenta_beneficiario", some => some with { CreditorAccount = "3216342901" } },
        { "accounts exchanged", some => some with { DebtorAccount = some.CreditorAccount, CreditorAccount = some.DebtorAccount } },
        { "a character moved to the next field", some => some with { DebtorAccount = "158246465", CreditorAccount = "03216342900" } },
        { "detalle", some => some with { Detail = "Transacción  17" } },
        { "timestamp", some => some with { Timestamp = new(some.Timestamp.Microseconds + 1) } },
        { "extra left out", some => some with { Extra = null } },
        { "a value in extra", some => some with { Extra = """{"canal": "caja 4", "cuotas": [1, 3]}""" } },
        { "spacing within a string of extra", some => some with { Extra = """{"canal": "caja  4", "cuotas": [1, 2]}""" } },
        { "the spelling of a number in extra", some => some with { Extra = """{"canal": "caja 4", "cuotas": [1.0, 2]}""" } },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_field_counts(string field, Func<Transaction, Transaction> change) =>
        CanonicalForm.DigestOf(change(Whole)).ShouldNotBe(Whole.Digest, field);

    [Fact]
    public void No_two_of_these_changes_have_the_same_digest() =>
        Changes.Select(row => CanonicalForm.DigestOf(row.Data.Item2(Whole))).ShouldBeUnique();

    [Fact]
    public void What_the_pipeline_adds_does_not_count() =>
        CanonicalForm.DigestOf(Whole with
        {
            BatchDate = new(2025, 9, 14),
            Position = Some.Position(99),
            AppendedAt = new(1),
            IndexedAt = new(2),
            Digest = new(3, 4),
        }).ShouldBe(Whole.Digest);

    [Theory]
    [InlineData("""{"canal":"caja 4","cuotas":[1,2]}""")]
    [InlineData("{ \"canal\" :\t\"caja 4\" ,\r\n\"cuotas\" : [ 1 , 2 ] }")]
    public void Spacing_between_the_tokens_of_extra_does_not_count(string extra) =>
        CanonicalForm.DigestOf(Whole with { Extra = extra }).ShouldBe(Whole.Digest);

    [Theory]
    [InlineData("""{"a":"\" b"}""", """{"a":"\"b"}""")]
    [InlineData("""{"a":"\\", "b":" c"}""", """{"a":"\\","b":"c"}""")]
    public void Spacing_within_a_string_of_extra_counts_whatever_is_escaped_before_it(string extra, string other) =>
        CanonicalForm.DigestOf(Whole with { Extra = extra }).ShouldNotBe(CanonicalForm.DigestOf(Whole with { Extra = other }));

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    [InlineData("\"\\")]
    [InlineData("not json \\")]
    public void A_damaged_extra_has_a_digest_too(string extra) =>
        CanonicalForm.DigestOf(Whole with { Extra = extra }).ShouldNotBe(Whole.Digest);

    [Fact]
    public void A_text_may_be_longer_than_any_rule_allows()
    {
        var damaged = Whole with { Detail = new string('x', 100_000) };

        CanonicalForm.DigestOf(damaged).ShouldBe(CanonicalForm.DigestOf(damaged));
        CanonicalForm.DigestOf(damaged).ShouldNotBe(Whole.Digest);
    }

    [Fact]
    public void A_sum_does_not_depend_on_the_order_and_composes_from_parts() =>
        Gen.Int[0, 1000].Array[0, 50]
            .SelectMany(numbers => Gen.Select(Gen.Const(numbers), Gen.Shuffle(numbers), Gen.Int[0, 50]))
            .Sample((numbers, shuffled, cut) =>
            {
                var whole = Figures.Of(numbers.Select(n => Some.Transaction(n)));
                var first = Figures.Of(shuffled.Take(cut).Select(n => Some.Transaction(n)));
                var rest = Figures.Of(shuffled.Skip(cut).Select(n => Some.Transaction(n)));

                first.ShouldBe(whole - rest);
                (rest + first).ShouldBe(whole);
            }, iter: 200);

    [Fact]
    public void The_same_row_twice_does_not_cancel_itself()
    {
        var once = Some.Transaction(1).Digest;

        (once + once).ShouldNotBe(default);
        (once + once - once).ShouldBe(once);
        (new Digest(ulong.MaxValue, ulong.MaxValue) + new Digest(0, 1)).ShouldBe(default, "sums are modulo 2^128");
    }

    [Fact]
    public void A_digest_is_written_as_it_is_read() =>
        Gen.Select(Gen.ULong, Gen.ULong).Sample((high, low) => Digest.Parse(new Digest(high, low).ToString()) == new Digest(high, low));

    static string Hex(string text) => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text));
}
