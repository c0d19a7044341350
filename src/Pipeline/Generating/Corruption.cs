using System.Text;
using Caudal.Transactions;

namespace Caudal.Generating;

/// <summary>Spoils a good message in the ways that real feeds do, and says with which code it must be rejected.</summary>
static class Corruption
{
    static readonly string[] Required =
        [Wire.App, Wire.DebtorId, Wire.Amount, Wire.Product, Wire.DebtorAccount, Wire.CreditorAccount, Wire.Detail, Wire.Timestamp];

    static readonly string[] OtherTypes = ["4677717306", "true", "[\"1582464633\"]", "{\"valor\": 1}"];

    static readonly (string Value, string Code)[] Amounts =
    [
        ("-12.5", FaultCode.AmountNegative), ("12.345", FaultCode.AmountDecimals), ("\"1,5\"", FaultCode.AmountNotANumber),
        ("\"USD 20\"", FaultCode.AmountNotANumber), ("99999999999999999.99", FaultCode.AmountTooLarge),
    ];

    static readonly (string Value, string Code)[] Timestamps =
    [
        ("\"31/12/2025 10:00\"", FaultCode.TimestampInvalid), ("\"2025-02-30T10:00:00Z\"", FaultCode.TimestampInvalid),
        ("\"ayer\"", FaultCode.TimestampInvalid), ("\"1969-12-31T23:59:59Z\"", FaultCode.TimestampOutOfRange),
    ];

    public static (byte[] Message, string Code) Apply(GeneratedFault fault, ReadOnlySpan<byte> good, ref Dice dice) => fault switch
    {
        GeneratedFault.Malformed => Malform(good, ref dice),
        GeneratedFault.Missing => (Without(good, Required[dice.Below(Required.Length)]), FaultCode.MissingField),
        GeneratedFault.Type => MistakeType(good, ref dice),
        GeneratedFault.Amount => Replace(good, Wire.Amount, Amounts[dice.Below(Amounts.Length)]),
        GeneratedFault.Timestamp => Replace(good, Wire.Timestamp, Timestamps[dice.Below(Timestamps.Length)]),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Not a fault that spoils a message."),
    };

    static (byte[], string) Malform(ReadOnlySpan<byte> good, ref Dice dice) => dice.Below(8) switch
    {
        0 => (Cut(good, 2 + dice.Below(good.Length - 2)).ToArray(), FaultCode.NotJson),
        1 => (Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(good).Replace('"', '\'')), FaultCode.NotJson),
        2 => ("ERROR 500: servicio no disponible"u8.ToArray(), FaultCode.NotJson),
        3 => ([.. "["u8, .. good, .. "]"u8], FaultCode.NotAnObject),
        4 => ([.. good[..^1], .. ", \"sucursal\": \"Latacunga "u8, 0xF1, .. "\"}"u8], FaultCode.NotUtf8),
        5 => ([.. good[..^1], .. ", \"valor\": 0.01}"u8], FaultCode.RepeatedKey),
        6 => (WithValue(good, Wire.Detail, "\"Pago\\u0000\""), FaultCode.NulCharacter),
        _ => (WithValue(good, Wire.Detail, "\"Pago \\ud83d\""), FaultCode.LoneSurrogate),
    };

    /// <summary>Never within a character, which would be a fault of another kind.</summary>
    static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> good, int at)
    {
        while ((good[at] & 0xC0) == 0x80)
            at--;
        return good[..at];
    }

    static (byte[], string) MistakeType(ReadOnlySpan<byte> good, ref Dice dice)
    {
        var field = Required[dice.Below(Required.Length)];
        // An amount may be a number: for it, the first of the other types is none.
        var first = field == Wire.Amount ? 1 : 0;
        return (WithValue(good, field, OtherTypes[first + dice.Below(OtherTypes.Length - first)]), FaultCode.WrongType);
    }

    static (byte[], string) Replace(ReadOnlySpan<byte> good, string field, (string Value, string Code) by) =>
        (WithValue(good, field, by.Value), by.Code);

    static byte[] WithValue(ReadOnlySpan<byte> good, string field, string value)
    {
        var (_, from, to) = Member(good, field);
        return [.. good[..from], .. Encoding.UTF8.GetBytes(value), .. good[to..]];
    }

    static byte[] Without(ReadOnlySpan<byte> good, string field)
    {
        var (name, _, to) = Member(good, field);
        // With its comma: the one behind it, or for the last member the one before.
        return good[to] == ',' ? [.. good[..name], .. good[(to + 2)..]] : [.. good[..(name - 2)], .. good[to..]];
    }

    /// <summary>Where a member's name begins, and where its value begins and ends, as <see cref="Composer.Write"/> writes it.</summary>
    static (int Name, int From, int To) Member(ReadOnlySpan<byte> good, string field)
    {
        var name = good.IndexOf(Encoding.UTF8.GetBytes($"\"{field}\": "));
        var from = name + field.Length + 4;
        var length = good[from] == '"' ? good[(from + 1)..].IndexOf((byte)'"') + 2 : good[from..].IndexOfAny(",}"u8);
        return (name, from, from + length);
    }
}
