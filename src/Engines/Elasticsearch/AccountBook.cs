using System.Text.Json;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// Keeps the account in the cluster. Every change is made of what stands there and takes effect only if that still stands, so that
/// several processes never overwrite one another, and a change whose answer was lost is found to have been made.
/// </summary>
sealed class AccountBook(SearchCluster cluster, HotIndices indices)
{
    const string Id = "state";

    /// <summary>An account and the version by which it is known not to have changed.</summary>
    sealed record Entry(HotAccount Account, long SequenceNumber, long PrimaryTerm);

    readonly Lock _turn = new();
    Entry? _last;

    public async Task<HotAccount> ReadOrBeginAsync(HotAccount begin, CancellationToken cancellation)
    {
        if (await FindAsync(cancellation) is { } found)
            return found.Account;
        var made = await cluster.TryAsync(
            HttpMethod.Put, $"{indices.Account}/_create/{Id}?timeout={SearchCluster.WriteWait}", begin.ToJson(), cancellation);
        if (made.Status != 409)
            EnsureDone(made);
        return await ReadAsync(cancellation);
    }

    public async Task<HotAccount> ReadAsync(CancellationToken cancellation) =>
        await FindAsync(cancellation) is { } found ? found.Account : throw Lost();

    /// <param name="change">Gives back what it was given where there is nothing (more) to change. May be called again.</param>
    public async Task<HotAccount> ChangeAsync(Func<HotAccount, HotAccount> change, CancellationToken cancellation)
    {
        for (var entry = _last; ; entry = null)
        {
            var before = entry ?? await FindAsync(cancellation) ?? throw Lost();
            var after = change(before.Account);
            if (ReferenceEquals(after, before.Account))
                return after;
            var written = await cluster.TryAsync(
                HttpMethod.Put,
                $"{indices.Account}/_doc/{Id}?if_seq_no={before.SequenceNumber}&if_primary_term={before.PrimaryTerm}"
                + $"&timeout={SearchCluster.WriteWait}", after.ToJson(), cancellation);
            if (written.Status == 409)
                continue;
            EnsureDone(written);
            using var document = JsonDocument.Parse(written.Body);
            return Keep(Of(after, document.RootElement)).Account;
        }
    }

    /// <summary>As last committed, whether or not it can be searched for yet.</summary>
    async Task<Entry?> FindAsync(CancellationToken cancellation)
    {
        var answer = await cluster.TryAsync(HttpMethod.Get, $"{indices.Account}/_doc/{Id}", null, cancellation);
        if (answer.Status == 404)
            return null;
        EnsureDone(answer);
        using var document = JsonDocument.Parse(answer.Body);
        return Keep(Of(HotAccount.Parse(document.RootElement.GetProperty("_source")), document.RootElement));
    }

    /// <summary>The newest that was seen is what the next change is made of, if only as a guess.</summary>
    Entry Keep(Entry entry)
    {
        lock (_turn)
            if (_last is null || _last.SequenceNumber < entry.SequenceNumber)
                _last = entry;
        return entry;
    }

    static Entry Of(HotAccount account, JsonElement written) =>
        new(account, written.GetProperty("_seq_no").GetInt64(), written.GetProperty("_primary_term").GetInt64());

    void EnsureDone(Answer answer)
    {
        if (!answer.Succeeded)
            throw new ElasticsearchException($"{cluster} did not keep the hot store's account ({ErrorText.Of(answer)}).");
    }

    ElasticsearchException Lost() =>
        new($"{cluster} has lost the hot store's account (index {indices.Account}): restore it, or begin anew with another "
            + "Elasticsearch:Index.");
}
