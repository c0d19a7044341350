using System.Security.Cryptography;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class IdentityTests
{
    static readonly TransactionId Assigned = TransactionId.Parse("a5a5a5a5-0000-8000-8000-000000000001");

    [Theory]
    [InlineData("0f3c9c1e-8a4b-4d2f-9b1e-6f1d2c3b4a59")]
    [InlineData("0F3C9C1E-8A4B-4D2F-9B1E-6F1D2C3B4A59")]
    [InlineData("0f3c9c1e\\u002d8a4b-4d2f-9b1e-6f1d2c3b4a59")]
    public void A_hyphenated_uuid_is_taken_as_it_is(string text)
    {
        var transaction = Judging.Judge(Judging.With("id", $"\"{text}\"")).ShouldBeAccepted();

        transaction.Id.ToString().ShouldBe("0f3c9c1e-8a4b-4d2f-9b1e-6f1d2c3b4a59");
        transaction.IdText.ShouldBeNull();
    }

    [Theory]
    [InlineData("TX-000017")]
    [InlineData("0f3c9c1e8a4b4d2f9b1e6f1d2c3b4a59")]
    [InlineData("{0f3c9c1e-8a4b-4d2f-9b1e-6f1d2c3b4a59}")]
    [InlineData(" 0f3c9c1e-8a4b-4d2f-9b1e-6f1d2c3b4a59")]
    [InlineData("0f3c9c1e-8a4b-4d2f-9b1e-6f1d2c3b4a5g")]
    [InlineData("señal 😀")]
    public void Another_text_is_kept_and_gives_an_id_of_topic_app_and_text(string text)
    {
        var transaction = Judging.Judge(Judging.With("id", $"\"{text}\"")).ShouldBeAccepted();

        transaction.IdText.ShouldBe(text);
        transaction.Id.ShouldBe(DerivedId.OfText(Some.Topic, "Banca Móvil", text));
    }

    [Fact]
    public void A_text_has_at_most_64_code_points()
    {
        Judging.Judge(Judging.With("id", $"\"{new string('é', 64)}\"")).ShouldBeAccepted();
        Judging.Judge(Judging.With("id", $"\"{new string('é', 65)}\"")).ShouldBeRejected(FaultCode.TooLong, "id");
        Judging.Judge(Judging.With("id", "17")).ShouldBeRejected(FaultCode.WrongType, "id");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    public void Without_one_the_assigned_id_is_taken_or_else_the_positions(string? json)
    {
        var message = System.Text.Encoding.UTF8.GetBytes(Judging.With("id", json));
        var decoder = new TransactionDecoder(TimeZoneInfo.Utc);

        var assigned = decoder.Decode(message, Some.Origin(7) with { AssignedId = Assigned }).ShouldBeAccepted();
        var derived = decoder.Decode(message, Some.Origin(7)).ShouldBeAccepted();

        assigned.Id.ShouldBe(Assigned);
        derived.Id.ShouldBe(DerivedId.OfPosition(Some.Topic, Some.Position(7)));
        (assigned.IdText, derived.IdText).ShouldBe((null, null));
    }

    [Fact]
    public void The_messages_own_id_goes_before_the_assigned_one() =>
        new TransactionDecoder(TimeZoneInfo.Utc).Decode(Some.Message(3), Some.Origin(3) with { AssignedId = Assigned })
            .ShouldBeAccepted().Id.ShouldBe(Some.Id(3));

    /// <summary>Frozen: were one of these to change, a retry across an upgrade would become a second payment.</summary>
    [Fact]
    public void Derived_ids_stay_what_they_are()
    {
        var sha256 = SHA256.HashData("{}\n"u8);

        string[] ids =
        [
            DerivedId.OfText("financial_transactions", "Banca Móvil", "TX-000017").ToString(),
            DerivedId.OfRequest("financial_transactions", "token-1", "order-42", 0).ToString(),
            DerivedId.OfRequest("financial_transactions", "token-1", "order-42", 1).ToString(),
            DerivedId.OfFileRow(sha256, 0).ToString(),
            DerivedId.OfFileRow(sha256, 1).ToString(),
            DerivedId.OfPosition("financial_transactions", Some.Position(0)).ToString(),
            DerivedId.OfPosition("financial_transactions", Some.Position(1)).ToString(),
            DerivedId.OfPosition(new string('t', 600), Some.Position(1)).ToString(),
        ];

        ids.ShouldBe(
        [
            "bf7d01ef-94e9-8f35-8752-e3c2b008b340",
            "7cbc2bd4-c363-8de1-8578-440ae2523e56",
            "5e93fd94-aadb-8cfb-abf0-de3f22665272",
            "da0047ed-f668-8e9f-b086-eff15adc2e9b",
            "14ab26cb-22ae-85b2-8d42-1eca3092fc9b",
            "1189a269-b3c5-8633-878c-42bf076b85a6",
            "792e2cfd-0513-8de4-b77b-8230d92c06a5",
            "32f24851-9a43-82a1-8725-bbdc9fc4a046",
        ]);
    }

    [Fact]
    public void Parts_do_not_run_into_each_other()
    {
        DerivedId.OfText("t", "ab", "c").ShouldNotBe(DerivedId.OfText("t", "a", "bc"));
        DerivedId.OfText("ta", "b", "c").ShouldNotBe(DerivedId.OfText("t", "ab", "c"));
        DerivedId.OfRequest("t", "ab", "c", 0).ShouldNotBe(DerivedId.OfRequest("t", "a", "bc", 0));
        DerivedId.OfPosition("t", Some.Position(1)).ShouldNotBe(DerivedId.OfPosition("u", Some.Position(1)));
        DerivedId.OfPosition("t", new(Some.Epoch, 1, 1)).ShouldNotBe(DerivedId.OfPosition("t", new(Some.Epoch, 0, 1)));
    }

    [Fact]
    public void Derived_ids_are_uuids_of_version_8()
    {
        foreach (var n in Enumerable.Range(0, 100))
            foreach (var id in new[] { DerivedId.OfPosition("t", Some.Position(n)), DerivedId.OfFileRow(new byte[32], n) })
            {
                id.ToGuid().Version.ShouldBe(8);
                (id.ToGuid().Variant & 0xC).ShouldBe(0x8);
            }
    }
}
