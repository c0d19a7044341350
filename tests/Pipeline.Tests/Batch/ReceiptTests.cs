using Caudal.Batch;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

public sealed class ReceiptTests
{
    static readonly FigureGroup Day13 = new(new(2025, 9, 13), "Banca Móvil", "Ahorros");
    static readonly FigureGroup Day14 = new(new(2025, 9, 14), "DeUna", "Tarjeta Crédito");

    static readonly Figures ThreeRows = Figures.Of(Some.Transactions(0, 3));
    static readonly Figures OneRow = Figures.Of(Some.Transactions(3, 1));

    /// <summary>Frozen: another hash for the same receipt would break every chain that was ever written.</summary>
    [Fact]
    public void The_hash_of_a_receipt_never_changes() =>
        Sample().Hash.ShouldBe("99a7d5a1f2a061b47c47bcbada4ec24d1b04cd347d595d7541f5ec63bdd7dbe0");

    /// <summary>As version 1 wrote it, without an anchor.</summary>
    [Fact]
    public void A_receipt_of_the_first_form_stays_intact()
    {
        var first = Sample() with { Anchor = null, Hash = "9875f7ba493cbf2c6cdb72afb6ed75262eda2dc80e6a649e0a1b0a0f380a50b5" };
        first.IsIntact.ShouldBeTrue();
        Alterations.Select(row => row.Data.Item2).ShouldAllBe(alter => !alter(first).IsIntact);
    }

    [Fact]
    public void What_the_log_holds_no_longer_the_receipt_before_tells() =>
        Receipt.Of(Run(), Groups(), Sample(), LogAnchor.None).Anchor.ShouldBe(Anchor());

    [Fact]
    public void The_order_of_the_groups_does_not_count()
    {
        var groups = new Dictionary<FigureGroup, Figures> { [Day14] = OneRow, [Day13] = ThreeRows };
        Receipt.Of(Run(), groups, previous: null, Anchor()).Hash.ShouldBe(Sample().Hash);
    }

    [Fact]
    public void A_receipt_carries_the_hash_of_the_one_before() =>
        Receipt.Of(Run(), Groups(), Sample(), Anchor()).PreviousHash.ShouldBe(Sample().Hash);

    public static TheoryData<string, Func<Receipt, Receipt>> Alterations => new()
    {
        { "run", receipt => receipt with { RunId = 8 } },
        { "range start", receipt => receipt with { Range = new(Watermark.Of(Some.Partition, 1), receipt.Range.To) } },
        { "range end", receipt => receipt with { Range = new(receipt.Range.From, Watermark.Of(Some.Partition, 99)) } },
        { "messages", receipt => receipt with { Messages = receipt.Messages + 1 } },
        { "rejections", receipt => receipt with { Rejections = receipt.Rejections + 1 } },
        { "rejected by the run", receipt => receipt with { RunRejected = OneRow } },
        { "one cent", receipt => receipt with { History = receipt.History with { Rows = OneCentMore(receipt.History.Rows) } } },
        { "duplicates", receipt => receipt with { History = receipt.History with { Duplicates = OneRow } } },
        { "one cent of a group", receipt => receipt with { Groups = Groups(figures: OneCentMore) } },
        { "a group's name", receipt => receipt with { Groups = Groups(app: "Banca Web") } },
        { "the anchor", receipt => receipt with { Anchor = Anchor(message: 4) } },
        { "the one before", receipt => receipt with { PreviousHash = "0" } },
    };

    [Theory]
    [MemberData(nameof(Alterations))]
    public void Whatever_is_altered_shows(string what, Func<Receipt, Receipt> alter)
    {
        Sample().IsIntact.ShouldBeTrue();
        alter(Sample()).IsIntact.ShouldBeFalse(what);
    }

    static Receipt Sample() => Receipt.Of(Run(), Groups(), previous: null, Anchor());

    static LogAnchor Anchor(int message = 5) => LogAnchor.At([new(new(Some.Partition, 5), Some.Start, Some.LogMessage(message))]);

    static Dictionary<FigureGroup, Figures> Groups(Func<Figures, Figures>? figures = null, string? app = null) =>
        new() { [Day13 with { App = app ?? Day13.App }] = figures?.Invoke(ThreeRows) ?? ThreeRows, [Day14] = OneRow };

    static BatchRun Run() => new()
    {
        Id = 7,
        Key = "scheduled__2025-09-13",
        Range = new(Watermark.Zero, Watermark.Of(Some.Partition, 6)),
        Day = new(2025, 9, 13),
        State = RunState.Loaded,
        Actor = "ana",
        CreatedAt = Some.Start,
        Messages = 6,
        RejectedBefore = 2,
        Loaded = new(ThreeRows + OneRow, default),
    };

    static Figures OneCentMore(Figures figures) => figures with { Sum = figures.Sum + new Money(1) };
}
