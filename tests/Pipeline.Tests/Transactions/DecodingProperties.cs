using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Caudal.Transactions;
using CsCheck;

namespace Caudal.Tests;

/// <summary>What holds of every input, tried on many.</summary>
public sealed class DecodingProperties
{
    static readonly Gen<byte[]> Mutated =
        Gen.Select(Gen.Int[0, 20], Gen.Select(Gen.Int[0, 400], Gen.Int[0, 4], Gen.OneOf(Gen.Byte, TokenByte)).Array[0, 4])
            .Select((n, mutations) => mutations.Aggregate(Rich(n), Mutate));

    /// <summary>What JSON is made of, so that chance makes something like it.</summary>
    static ReadOnlySpan<byte> Tokens => "{}[]\",:\\u0eE+-.tfn d8\0\uFEFF"u8;

    static Gen<byte> TokenByte => Gen.Int[0, Tokens.Length - 1].Select(at => Tokens[at]);

    [Fact]
    public void Decoding_never_throws_and_always_answers()
    {
        Gen.Byte.Array[0, 300].Sample(IsJudged, iter: 5_000);
        TokenByte.Array[0, 60].Sample(IsJudged, iter: 20_000);
        Mutated.Sample(IsJudged, iter: 20_000);
    }

    /// <summary>System.Text.Json has no rule on NUL and half pairs of surrogates; all else must be judged alike.</summary>
    [Fact]
    public void What_is_json_is_decided_as_system_text_json_does() =>
        Gen.OneOf(Mutated, TokenByte.Array[0, 40].Select(bytes => (byte[])[(byte)'{', .. bytes, (byte)'}']))
            .Sample(message =>
            {
                var code = Judging.Judge(message).Fault?.Code;
                var malformed = code is FaultCode.NotUtf8 or FaultCode.NotJson or FaultCode.TooDeep or FaultCode.RepeatedKey;
                if (code is not (FaultCode.NulCharacter or FaultCode.LoneSurrogate))
                    malformed.ShouldBe(!IsJson(message), Encoding.Latin1.GetString(message));
            }, iter: 30_000);

    [Fact]
    public void A_text_is_read_as_it_was_written_however_it_is_escaped() =>
        Gen.Select(Text(1, 500), Gen.Bool.Array[1000]).Sample((text, escape) =>
        {
            var units = text.Select((unit, at) =>
                escape[at] || unit is < ' ' or '"' or '\\' || char.IsSurrogate(unit) ? $"\\u{(int)unit:x4}" : $"{unit}");

            Judging.Judge(Judging.With("detalle", $"\"{string.Concat(units)}\"")).ShouldBeAccepted().Detail.ToString().ShouldBe(text);
        }, iter: 2_000);

    [Fact]
    public void What_is_shown_and_sent_in_again_is_the_same_transaction() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Long[0, Money.Max.Cents], Text(0, 33), Text(0, 500), Gen.Long[0, 9_214_646_399_999_999])
            .Select((n, cents, account, detail, microseconds) => Some.Transaction(n, some => some with
            {
                Amount = new(cents),
                DebtorAccount = "x" + account,
                Detail = detail,
                Timestamp = new(microseconds),
            }))
            .Sample(transaction =>
            {
                var again = new TransactionDecoder(TimeZoneInfo.Utc)
                    .Decode(WireJsonTests.ToBytes(transaction), new(Some.Topic, transaction.Position, transaction.AppendedAt, null))
                    .ShouldBeAccepted();

                // What the pipeline had added comes back as the sender's own.
                again.Extra.ShouldNotBeNull();
                Some.Digested(again with { Extra = null }).ShouldBe(transaction);
            }, iter: 2_000);

    [Fact]
    public void Money_survives_being_written_and_read()
    {
        Gen.Long[0, Money.Max.Cents].Sample(cents =>
        {
            AmountText.Read(Encoding.UTF8.GetBytes(new Money(cents).ToString()), out var amount).ShouldBeNull();
            amount.Cents.ShouldBe(cents);
        });
        Gen.Select(Gen.Long, Gen.ULong).Select((high, low) => new Int128((ulong)high, low)).Where(cents => cents != Int128.MinValue)
            .Sample(cents => MoneySum.Parse(new MoneySum(cents).ToString()).Cents == cents);
    }

    /// <summary>The same number, worked out with whole numbers of any size.</summary>
    [Fact]
    public void An_amount_is_what_its_digits_say() =>
        Gen.Select(Digits(1, 22), Digits(0, 22), Gen.Int[-25, 25], Gen.Bool, Gen.Bool)
            .Sample((whole, fraction, exponent, negative, withExponent) =>
            {
                whole = whole.TrimStart('0') is { Length: > 0 } digits ? digits : "0";
                exponent = withExponent ? exponent : 0;
                var point = fraction.Length > 0 ? "." : "";
                var text = $"{(negative ? "-" : "")}{whole}{point}{fraction}{(withExponent ? $"e{exponent}" : "")}";

                var fault = AmountText.Read(Encoding.UTF8.GetBytes(text), out var amount);

                var scaled = BigInteger.Parse(whole + fraction, CultureInfo.InvariantCulture) * BigInteger.Pow(10, 60);
                var cents = BigInteger.DivRem(scaled, BigInteger.Pow(10, 60 + fraction.Length - exponent - 2), out var rest);
                var expected = scaled.IsZero ? null
                    : negative ? FaultCode.AmountNegative
                    : !rest.IsZero ? FaultCode.AmountDecimals
                    : cents > Money.Max.Cents ? FaultCode.AmountTooLarge
                    : null;
                fault.ShouldBe(expected, text);
                if (expected is null)
                    ((BigInteger)amount.Cents).ShouldBe(cents, text);
            }, iter: 20_000);

    [Fact]
    public void A_moment_is_the_one_that_its_text_says() =>
        Gen.Select(Gen.Long[0, 9_214_646_399_999_999], Gen.Int[-14 * 60, 14 * 60]).Sample((microseconds, minutes) =>
        {
            var moment = new Instant(microseconds).ToDateTimeOffset().ToOffset(TimeSpan.FromMinutes(minutes));
            var text = moment.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);

            TimestampText.Read(Encoding.UTF8.GetBytes(text), TimeZoneInfo.Utc, out var instant).ShouldBeNull(text);
            instant.Microseconds.ShouldBe(microseconds, text);
        }, iter: 5_000);

    /// <summary>Every clock reading of a year that there is, by the zone's own rules.</summary>
    [Theory]
    [InlineData("America/New_York")]
    [InlineData("Europe/Madrid")]
    [InlineData("Australia/Lord_Howe")]
    public void A_local_time_is_the_first_moment_at_which_a_clock_shows_it(string name)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        var first = new Dictionary<DateTime, DateTimeOffset>();
        for (var utc = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero); utc.Year == 2025; utc = utc.AddMinutes(15))
            first.TryAdd(TimeZoneInfo.ConvertTime(utc, zone).DateTime, utc);

        foreach (var (local, utc) in first)
        {
            var text = local.ToString("s", CultureInfo.InvariantCulture);
            TimestampText.Read(Encoding.UTF8.GetBytes(text), zone, out var instant).ShouldBeNull(text);
            instant.ShouldBe(Instant.Of(utc));
        }
    }

    static Gen<string> Digits(int lengthMin, int lengthMax) => Gen.String[Gen.Char['0', '9'], lengthMin, lengthMax];

    static void IsJudged(byte[] message)
    {
        var judgement = Judging.Judge(message);
        (judgement.Accepted is null).ShouldBe(judgement.Fault is not null);
    }

    static bool IsJson(byte[] message)
    {
        try
        {
            var text = message.AsMemory(message.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
            using var document = JsonDocument.Parse(text, new() { MaxDepth = Wire.DepthMax, AllowDuplicateProperties = false });
            return System.Text.Unicode.Utf8.IsValid(message);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static byte[] Rich(int n) => Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(Some.Message(n))[..^1]
        + """, "x": [1, -2.5e+10, true, null, {"a": {"b": "\ud83d\ude00\n"}}], "\u0079": {}}""");

    static byte[] Mutate(byte[] message, (int Place, int Kind, byte Byte) mutation)
    {
        var at = message.Length == 0 ? 0 : mutation.Place % message.Length;
        var length = Math.Min(message.Length - at, mutation.Byte % 16);
        return mutation.Kind switch
        {
            0 => [.. message[..at], mutation.Byte, .. message[at..]],
            1 => [.. message[..at], .. message[(at + length)..]],
            2 => [.. message[..(at + length)], .. message[at..]],
            3 => message[..at],
            _ => [.. message[..at], mutation.Byte, .. message[Math.Min(message.Length, at + 1)..]],
        };
    }

    /// <summary>Of a length in code points, of all planes, without NUL.</summary>
    static Gen<string> Text(int lengthMin, int lengthMax) =>
        Gen.OneOf(Gen.Int[1, 0x7F], Gen.Int[0x80, 0x7FF], Gen.Int[0x800, 0xD7FF], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x10000, 0x10FFFF])
            .Array[lengthMin, lengthMax].Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));
}
