using System.Collections.Concurrent;
using System.Text.Json;

namespace Caudal.Tests.Killing;

/// <summary>
/// What a client knows by itself, kept outside the processes that are killed: which transactions it was told are durable, and which it sent
/// without hearing back. The product's own figures play no part in it.
/// </summary>
sealed class Ledger
{
    readonly ConcurrentDictionary<string, long> _acknowledged = new();

    public int Count => _acknowledged.Count;

    /// <summary>Notes that a request was answered: each of its rows is durable under the id that the answer gives it.</summary>
    public void Acknowledge(IReadOnlyList<long> cents, JsonElement reply)
    {
        foreach (var row in reply.GetProperty("rows").EnumerateArray())
        {
            var amount = cents[row.GetProperty("row").GetInt32()];
            _acknowledged.AddOrUpdate(row.GetProperty("id").GetString()!, amount, (id, before) => before == amount
                ? before
                : throw new InvalidOperationException($"{id} was given to two transactions."));
        }
    }

    /// <summary>What is wrong with these rows, a sentence each: lost, doubled, altered, or never sent.</summary>
    public IEnumerable<string> Compare(IReadOnlyList<(string Id, long Cents)> rows)
    {
        foreach (var doubled in rows.GroupBy(row => row.Id).Where(group => group.Count() > 1))
            yield return $"{doubled.Key} is there {doubled.Count()} times.";
        var found = rows.GroupBy(row => row.Id).ToDictionary(group => group.Key, group => group.First().Cents);
        foreach (var (id, cents) in _acknowledged)
            if (!found.TryGetValue(id, out var kept))
                yield return $"{id} was acknowledged and is lost.";
            else if (kept != cents)
                yield return $"{id} was sent with {cents} cents and has {kept}.";
        foreach (var id in found.Keys.Where(id => !_acknowledged.ContainsKey(id)))
            yield return $"{id} is there and was never acknowledged, though every request was repeated until it was.";
    }
}
