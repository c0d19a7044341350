using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Reconciling;

public sealed class PlacementCheckTests
{
    static readonly Transaction One = Some.Transaction(1);
    static readonly Transaction Other = Some.Transaction(2);

    static readonly Sighting[] None = [];
    static readonly Sighting[] Right = [Seen(One)];
    static readonly Sighting[] Wrong = [Seen(Other)];
    static readonly Sighting[] Altered = [Seen(One) with { IsAltered = true }];

    static readonly Expectation Unsettled = new(Settled: false, InHot: true);
    static readonly Expectation Awaiting = new(Settled: true, InHot: true);
    static readonly Expectation Settled = new(Settled: true, InHot: false);
    static readonly Expectation Rebuilding = new(Settled: true, InHot: null);

    const string InHistory = "history";
    const string InHot = "hot";

    static readonly (
        string Case, LogWord Log, bool ByIngest, bool ByRun, Sighting[] Hot, Sighting[] History, Expectation Expected,
        string Found)[] Table =
    [
        ("in hot before a run", LogWord.Transaction, false, false, Right, None, Unsettled, ""),
        ("in both until the purge", LogWord.Transaction, false, false, Right, Right, Awaiting, ""),
        ("in history after it", LogWord.Transaction, false, false, None, Right, Settled, ""),
        ("either while hot is rebuilt", LogWord.Transaction, false, false, None, Right, Rebuilding, ""),
        ("both while hot is rebuilt", LogWord.Transaction, false, false, Right, Right, Rebuilding, ""),
        ("forgotten by the log", LogWord.Forgotten, false, false, None, Right, Settled, ""),
        ("rejected by ingest", LogWord.Undecodable, true, false, None, None, Unsettled, ""),
        ("a conflict at ingest", LogWord.Transaction, true, false, None, None, Settled, ""),
        ("rejected by a run, not purged yet", LogWord.Transaction, false, true, Right, None, Awaiting, ""),
        ("rejected by a run", LogWord.Transaction, false, true, None, None, Settled, ""),

        ("missing in hot", LogWord.Transaction, false, false, None, None, Unsettled, "hot Missing 1"),
        ("missing in history", LogWord.Transaction, false, false, None, None, Settled, "history Missing 1"),
        ("missing in hot before the purge", LogWord.Transaction, false, false, None, Right, Awaiting, "hot Missing 1"),
        ("in history too early", LogWord.Transaction, false, false, Right, Right, Unsettled, "history One 1"),
        ("in hot too long", LogWord.Transaction, false, false, Right, Right, Settled, "hot One 1"),
        ("altered in hot", LogWord.Transaction, false, false, Altered, None, Unsettled, "hot Altered 1"),
        ("altered in history, forgotten by the log", LogWord.Forgotten, false, false, None, Altered, Settled, "history Altered 1"),
        ("another transaction in its place", LogWord.Transaction, false, false, None, Wrong, Settled, "history Altered 2"),
        ("twice at one position", LogWord.Transaction, false, false, None, [Seen(Other), Seen(One)], Settled, "history One 2"),
        ("twice, forgotten by the log", LogWord.Forgotten, false, false, None, [Seen(One), Seen(Other)], Settled, "history One 2"),
        ("where the log has nothing", LogWord.Nothing, false, false, Wrong, None, Unsettled, "hot One 2"),
        ("where the message was rejected", LogWord.Undecodable, true, false, Wrong, None, Unsettled, "hot One 2"),
        ("rejected by a run and loaded all the same", LogWord.Transaction, false, true, None, Right, Settled, "history One 1"),
        ("rejected by nobody", LogWord.Undecodable, false, false, None, None, Unsettled, "conservation A"),
    ];

    public static TheoryData<string> Cases => [.. Table.Select(entry => entry.Case)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_place_is_held_to_what_it_should_hold(string name)
    {
        var row = Table.Single(entry => entry.Case == name);
        var facts = new MessageFacts(
            One.Position, row.Log, row.Log == LogWord.Transaction ? One : null, row.ByIngest, row.ByRun, row.Hot, row.History);

        string.Join("; ", PlacementCheck.Judge(facts, row.Expected).Select(InShort)).ShouldBe(row.Found);
    }

    static string InShort(Difference difference)
    {
        var number = difference.Id is { } id ? id == One.Id ? " 1" : " 2" : "";
        return $"{difference.Where} {difference.What.Split(' ', ':')[0]}{number}";
    }

    static Sighting Seen(Transaction transaction) =>
        new(One.Position, transaction.Id, transaction.Amount, transaction.Digest, transaction, IsAltered: false);
}
