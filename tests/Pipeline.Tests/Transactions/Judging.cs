using System.Text;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>Messages that differ from a good one in one thing, and what the decoder says to them.</summary>
static class Judging
{
    static readonly (string Name, string Json)[] Good =
    [
        ("id", "\"0f3c9c1e-8a4b-4d2f-9b1e-6f1d2c3b4a59\""),
        ("app", "\"Banca Móvil\""),
        ("id_ordenante", "\"4677717306\""),
        ("valor", "367.6"),
        ("producto", "\"Corriente\""),
        ("cuenta_ordenante", "\"1582464633\""),
        ("cuenta_beneficiario", "\"3216342883\""),
        ("detalle", "\"Transacción 3\""),
        ("timestamp", "\"2025-09-13T05:12:15.093369\""),
    ];

    /// <summary>A good message but for one member: replaced, or left out for null, or added where it has none of that name.</summary>
    public static string With(string name, string? json)
    {
        var members = Good.Where(member => member.Name != name).Select(member => $"\"{member.Name}\": {member.Json}");
        return $"{{{string.Join(", ", json is null ? members : members.Append($"\"{name}\": {json}"))}}}";
    }

    public static Judgement Judge(string message) => Judge(Encoding.UTF8.GetBytes(message));

    public static Judgement Judge(byte[] message, TimeZoneInfo? zone = null) =>
        new TransactionDecoder(zone ?? TimeZoneInfo.Utc).Decode(message, Some.Origin(0));

    public static Transaction ShouldBeAccepted(this Judgement judgement)
    {
        judgement.Fault.ShouldBeNull();
        return judgement.Accepted.ShouldNotBeNull();
    }

    public static Fault ShouldBeRejected(this Judgement judgement, string code, string? field)
    {
        judgement.Accepted.ShouldBeNull();
        var fault = judgement.Fault.ShouldNotBeNull();
        (fault.Code, fault.Field).ShouldBe((code, field));
        fault.Sentence.ShouldEndWith(".");
        if (field is not null)
            fault.Sentence.ShouldContain(field);
        return fault;
    }
}
