using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Caudal.Transactions;
using Microsoft.AspNetCore.WebUtilities;

namespace Caudal.Dashboard.Viewing;

/// <summary>
/// Views as addresses have them, so that a page can be sent to a colleague. Addresses are written down in many places: a query that names
/// an account or a customer stays here under a random name, which is good until Caudal stops.
/// </summary>
public sealed partial class Views
{
    /// <summary>The oldest are forgotten.</summary>
    const int KeptMax = 1_000;

    readonly ConcurrentDictionary<string, View> _kept = new();
    readonly ConcurrentQueue<string> _order = new();

    public string Address(string path, View view)
    {
        var parts = new List<KeyValuePair<string, string?>>();
        if (view.Reach is { From: { } from, To: { } to })
            parts.AddRange([new("from", $"{from}"), new("to", $"{to}")]);
        else if (view.Reach != Reach.Hour)
            parts.Add(new("range", view.Reach.Name));
        if (view.Store != View.Both)
            parts.Add(new("store", view.Store));
        if (view.Columns.Count > 0)
            parts.Add(new("columns", string.Join(',', view.Columns)));
        if (view.Filters.Append(view.Query).Any(text => Personal().IsMatch(text)))
            parts.Add(new("kept", Keep(view)));
        else
        {
            if (view.Query.Length > 0)
                parts.Add(new("q", view.Query));
            parts.AddRange(view.Filters.Select(filter => new KeyValuePair<string, string?>("f", filter)));
        }
        return QueryHelpers.AddQueryString(path, parts);
    }

    public View Read(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        var reach = ReadReach(query.GetValueOrDefault("range"), query.GetValueOrDefault("from"), query.GetValueOrDefault("to"));
        var store = query.GetValueOrDefault("store").ToString();
        var view = new View
        {
            Reach = reach, Store = View.Stores.Contains(store) ? store : View.Both,
            Columns = query.GetValueOrDefault("columns").ToString().Split(',', StringSplitOptions.RemoveEmptyEntries),
        };
        return query.GetValueOrDefault("kept").ToString() is { Length: > 0 } name && _kept.TryGetValue(name, out var kept)
            ? view with { Query = kept.Query, Filters = kept.Filters }
            : view with
            {
                Query = query.GetValueOrDefault("q").ToString(),
                Filters = [.. query.GetValueOrDefault("f").OfType<string>().Where(IsQuery)],
            };
    }

    string Keep(View view)
    {
        var same = _kept.FirstOrDefault(entry => entry.Value.Query == view.Query && entry.Value.Filters.SequenceEqual(view.Filters));
        if (same.Key is { } known)
            return known;
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _kept[name] = view;
        _order.Enqueue(name);
        while (_order.Count > KeptMax && _order.TryDequeue(out var oldest))
            _kept.TryRemove(oldest, out _);
        return name;
    }

    /// <summary>What somebody wrote into an address is either a filter or nothing.</summary>
    static bool IsQuery(string text)
    {
        try
        {
            Querying.QueryParser.Parse(text, TimeZoneInfo.Utc);
            return true;
        }
        catch (Querying.QueryException)
        {
            return false;
        }
    }

    static Reach ReadReach(string? name, string? from, string? to) =>
        TryRead(from, out var begin) && TryRead(to, out var end) && begin < end
            ? Reach.Between(begin, end)
            : Reach.Usual.FirstOrDefault(reach => reach.Name == name) ?? Reach.Hour;

    static bool TryRead(string? text, out Instant moment)
    {
        var isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        moment = isTime ? Instant.Of(time) : default;
        return isTime;
    }

    /// <summary>Names a masked field, or holds what may be such a number.</summary>
    [GeneratedRegex($"{Wire.DebtorId}|{Wire.DebtorAccount}|{Wire.CreditorAccount}|{Wire.IdText}|[0-9]{{7,}}")]
    private static partial Regex Personal();
}
