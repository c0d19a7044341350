using Caudal.Transactions;

namespace Caudal.Generating;

/// <summary>One transaction before it is written. Ids and accounts are places in <see cref="Population.Number"/>.</summary>
readonly record struct Draft(
    ulong IdHigh, ulong IdLow, int App, int DebtorId, long Cents, int Product, int DebtorAccount, int CreditorAccount,
    Detail Detail, int Month, int Reference, long Moment);

/// <summary>
/// Makes the transaction with a given index at a given moment: a pure function of seed, index and moment, its id included. So what
/// is made twice is the same transaction, and no two different ones share an id.
/// </summary>
/// <param name="originalForm">As the original generator writes: without an id, the time as local clocks show it, without an offset.</param>
sealed class Composer(ulong seed, int customers, TimeSpan utcOffset, bool originalForm)
{
    /// <summary>More than the longest message that <see cref="Write"/> makes.</summary>
    public const int MessageBytesMax = 512;

    /// <summary>Of a debtor account in bytes.</summary>
    public const int KeyLength = 10;

    readonly Population _population = new(seed, customers);
    readonly Calendar _calendar = new(seed, utcOffset);
    readonly long _printedOffset = originalForm ? utcOffset.Ticks / TimeSpan.TicksPerMicrosecond : 0;
    readonly byte[] _date = "0000-00-00T00:00:"u8.ToArray();
    long _datedMinute = -1;
    long _knownMinute = -1;
    Minute _known;

    public Draft Compose(long index, long moment)
    {
        var dice = Dice.For(seed, Throw.Transaction, index, moment);
        var identity = Dice.For(seed, Throw.Identity, index, moment);
        var now = MinuteOf(moment);
        var payment = Payment.Pick(ref dice, now.Kind);
        ref readonly var customer = ref payment.Counterpart == Counterpart.Employer
            ? ref _population.PickEmployee(ref dice)
            : ref _population.PickPayer(ref dice, now);
        var app = payment.App ?? (dice.Hits(82) ? customer.HomeApp : dice.Below(Payment.AppNames.Length));
        var product = payment.Products.Pick(ref dice);
        var own = customer.FirstAccount + product % customer.AccountCount;
        var (debtorId, debtorAccount, creditorAccount) = payment.Counterpart switch
        {
            Counterpart.Employer => (_population.BusinessId(customer.Employer), _population.BusinessAccount(customer.Employer), own),
            Counterpart.Business => (customer.Id, own, _population.BusinessAccount(_population.PickBusiness(ref dice))),
            Counterpart.Himself when customer.AccountCount > 1 =>
                (customer.Id, own, customer.FirstAccount + (own - customer.FirstAccount + 1) % customer.AccountCount),
            // Who has one account saves with the bank, the first of the businesses.
            Counterpart.Himself => (customer.Id, own, _population.BusinessAccount(0)),
            _ => (customer.Id, own, _population.PickBeneficiary(ref dice, customer)),
        };
        return new(
            identity.Next() & ~0xF000UL | 0x8000, identity.Next() >> 2 | 1UL << 63, app, debtorId, payment.Amounts.Pick(ref dice, customer),
            product, debtorAccount, creditorAccount, payment.Details[dice.Below(payment.Details.Length)], now.Month, dice.Below(1_000_000),
            moment);
    }

    /// <summary>Writes the message in the wire form and returns its length and where the key (the debtor's account) stands in it.</summary>
    public (int Length, int KeyAt) Write(in Draft draft, Span<byte> into)
    {
        var writer = new Utf8Writer(into);
        writer.Text("{"u8);
        if (!originalForm)
        {
            writer.Text("\"id\": \""u8);
            writer.Uuid(draft.IdHigh, draft.IdLow);
            writer.Text("\", "u8);
        }
        writer.Text("\"app\": \""u8);
        writer.Text(Payment.AppNames[draft.App]);
        writer.Text("\", \"id_ordenante\": \""u8);
        writer.Text(_population.Number(draft.DebtorId));
        writer.Text("\", \"valor\": "u8);
        writer.Amount(draft.Cents);
        writer.Text(", \"producto\": \""u8);
        writer.Text(Payment.ProductNames[draft.Product]);
        writer.Text("\", \"cuenta_ordenante\": \""u8);
        var keyAt = writer.Length;
        writer.Text(_population.Number(draft.DebtorAccount));
        writer.Text("\", \"cuenta_beneficiario\": \""u8);
        writer.Text(_population.Number(draft.CreditorAccount));
        writer.Text("\", \"detalle\": \""u8);
        draft.Detail.Write(ref writer, draft.Month, _population.Number(draft.CreditorAccount), draft.Reference);
        writer.Text("\", \"timestamp\": \""u8);
        WriteTime(ref writer, draft.Moment + _printedOffset);
        writer.Text(originalForm ? "\"}"u8 : "Z\"}"u8);
        return (writer.Length, keyAt);
    }

    void WriteTime(ref Utf8Writer writer, long moment)
    {
        var minute = moment / Calendar.MicrosecondsPerMinute;
        if (minute != _datedMinute)
        {
            var date = new Instant(minute * Calendar.MicrosecondsPerMinute).ToDateTimeOffset();
            Utf8Writer.Digits(_date.AsSpan(0, 4), date.Year);
            Utf8Writer.Digits(_date.AsSpan(5, 2), date.Month);
            Utf8Writer.Digits(_date.AsSpan(8, 2), date.Day);
            Utf8Writer.Digits(_date.AsSpan(11, 2), date.Hour);
            Utf8Writer.Digits(_date.AsSpan(14, 2), date.Minute);
            _datedMinute = minute;
        }
        writer.Text(_date);
        var rest = moment % Calendar.MicrosecondsPerMinute;
        writer.Digits(rest / 1_000_000, 2);
        writer.Text("."u8);
        writer.Digits(rest % 1_000_000, 6);
    }

    Minute MinuteOf(long moment)
    {
        var minute = moment / Calendar.MicrosecondsPerMinute;
        if (minute != _knownMinute)
        {
            _known = _calendar.At(minute);
            _knownMinute = minute;
        }
        return _known;
    }
}
