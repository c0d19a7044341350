using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Caudal.Auditing;
using Caudal.History;
using Caudal.Transactions;
using Dapper;

namespace Caudal.Access;

/// <summary>
/// The tokens, kept as hashes in history's journal. All members may be called in parallel. A token that is revoked here is refused here
/// from that moment on; one that another process revokes, within <see cref="ReadAgainAfter"/>.
/// </summary>
public sealed class TokenBook(RunJournal journal, AuditTrail audit, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How old what is known of the tokens may be when one is checked.</summary>
    public static readonly TimeSpan ReadAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How exactly the last use is known: a request writes it only where it would move by more.</summary>
    static readonly TimeSpan UseNotedAfter = TimeSpan.FromHours(1);

    const int NameLengthMax = 64;

    readonly ConcurrentDictionary<string, Lazy<Task>> _notes = new();
    Known? _known;
    int _changes;

    /// <summary>Makes a token. Its text is in the answer and nowhere else.</summary>
    /// <param name="name">1 to 64 letters, digits, dots, dashes and underscores; null for one made of role and id.</param>
    /// <exception cref="TokenException">The name does not do or is taken, or the token would have expired already.</exception>
    public async ValueTask<NewToken> CreateAsync(
        Role role, string? name, Instant? expiresAt, string actor, CancellationToken cancellation)
    {
        // A name without spaces: what a verb does is done by "batch run by ana", which no token can then be called.
        if (name is not null && !IsName(name))
            throw new TokenException($"A token's name has 1 to {NameLengthMax} letters (A to Z), digits, dots, dashes and underscores.");
        var now = Instant.Now(time);
        if (expiresAt <= now)
            throw new TokenException("A token that has expired already would be of no use; give a later time.");
        var text = TokenText.Make();
        var token = new AccessToken(
            text.Id, name ?? $"{role.ToString().ToLowerInvariant()}-{text.Id}", role, actor, now, expiresAt, null, null, null);
        await audit.DoAsync(
            actor, AuditActions.CreateToken, token.Id, () => InsertAsync(token, text.Hash(), cancellation), _ => $"{role} {token.Name}",
            cancellation);
        return new(token, text.Reveal());
    }

    ValueTask<int> InsertAsync(AccessToken token, byte[] hash, CancellationToken cancellation) =>
        WriteAsync(async (connection, transaction) =>
        {
            var others = await ReadAsync(connection, transaction, cancellation);
            if (others.Any(other => other.ToToken() is var known && known.Name == token.Name && known.IsInForce(token.CreatedAt)))
                throw new TokenException($"There is a token {token.Name} already: revoke it first, or choose another name.");
            return await connection.ExecuteAsync(
                journal.Command(TokenRow.Insert, TokenRow.Of(token, hash), transaction, cancellation));
        }, cancellation);

    /// <summary>All there ever were, oldest first.</summary>
    public async ValueTask<IReadOnlyList<AccessToken>> ListAsync(CancellationToken cancellation) =>
        [.. from row in await ReadAsync(cancellation) select row.ToToken()];

    /// <summary>
    /// Ends a token for good, by its id or by its name; null where there is none. Revoking again changes nothing. Where a name was used
    /// again, the token in force is meant.
    /// </summary>
    public async ValueTask<AccessToken?> RevokeAsync(string idOrName, string actor, CancellationToken cancellation)
    {
        // Where the whole token is given, its secret is not to be on record.
        var wanted = TokenText.TryParse(idOrName, out var whole) ? whole.Id : idOrName;
        return IsName(wanted)
            ? await audit.DoAsync(
                actor, AuditActions.RevokeToken, wanted, () => RevokeOnceAsync(wanted, actor, cancellation),
                token => token is null ? "there is none" : token.Id, cancellation)
            : null;
    }

    ValueTask<AccessToken?> RevokeOnceAsync(string idOrName, string actor, CancellationToken cancellation) =>
        WriteAsync<AccessToken?>(async (connection, transaction) =>
        {
            var found = (await ReadAsync(connection, transaction, cancellation)).OrderBy(row => row.RevokedAt is not null)
                .FirstOrDefault(row => row.Id == idOrName || row.Name == idOrName);
            if (found is null)
                return null;
            var values = new { id = found.Id, revokedAt = JournalTime.Of(Instant.Now(time)), revokedBy = actor };
            await connection.ExecuteAsync(journal.Command(TokenRow.Revoke, values, transaction, cancellation));
            return (await ReadAsync(connection, transaction, cancellation)).Single(row => row.Id == found.Id).ToToken();
        }, cancellation);

    /// <summary>
    /// The token in force that this text is, or null. Where the tokens cannot be read that is thrown: nobody gets in unchecked.
    /// </summary>
    public async ValueTask<AccessToken?> FindAsync(string? text, CancellationToken cancellation)
    {
        if (!TokenText.TryParse(text, out var token))
            return null;
        var known = await KnowAsync(cancellation);
        if (!known.Tokens.TryGetValue(token.Id, out var entry) || !CryptographicOperations.FixedTimeEquals(entry.Hash, token.Hash()))
            return null;
        var now = Instant.Now(time);
        if (!entry.Token.IsInForce(now))
            return null;
        if (entry.Token.LastUsedAt is not { } last || now - last > UseNotedAfter)
            NoteUse(entry.Token.Id, now);
        return entry.Token;
    }

    /// <summary>True where there is a token that would be let in.</summary>
    public async ValueTask<bool> AnyInForceAsync(CancellationToken cancellation) =>
        (await ListAsync(cancellation)).Any(token => token.IsInForce(Instant.Now(time)));

    /// <summary>Waits for the notes of last uses that are under way.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_notes.Values.Select(note => note.Value)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    static bool IsName(string text) => text.Length is > 0 and <= NameLengthMax
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    /// <summary>Whatever comes of it, what was known before is read again.</summary>
    async ValueTask<T> WriteAsync<T>(Func<DbConnection, DbTransaction, ValueTask<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await journal.WriteAsync(work, cancellation);
        }
        finally
        {
            Interlocked.Increment(ref _changes);
        }
    }

    /// <summary>
    /// Beside the request, which neither waits for it nor fails with it: a run that is loading may hold the journal for long.
    /// </summary>
    void NoteUse(string id, Instant now)
    {
        var values = new { id, usedAt = JournalTime.Of(now) };
        var note = new Lazy<Task>(() => Task.Run(async () =>
        {
            try
            {
                await journal.WriteAsync(async (connection, transaction) => await connection.ExecuteAsync(
                    journal.Command(TokenRow.NoteUse, values, transaction, CancellationToken.None)), CancellationToken.None);
            }
            finally
            {
                _notes.TryRemove(id, out _);
            }
        }));
        if (_notes.TryAdd(id, note))
            _ = note.Value;
    }

    async ValueTask<Known> KnowAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _known) is { } fresh && fresh.Changes == Volatile.Read(ref _changes)
            && time.GetElapsedTime(fresh.ReadAt) < ReadAgainAfter)
            return fresh;
        // Taken before reading, so that what changes while we read makes what we read an old story at once.
        var (changes, readAt) = (Volatile.Read(ref _changes), time.GetTimestamp());
        var rows = await ReadAsync(cancellation);
        var known = new Known(
            changes, readAt, rows.ToDictionary(row => row.Id, row => (row.ToToken(), Convert.FromHexString(row.Hash))));
        Volatile.Write(ref _known, known);
        return known;
    }

    ValueTask<IReadOnlyList<TokenRow>> ReadAsync(CancellationToken cancellation) =>
        journal.ReadAsync(connection => ReadAsync(connection, null, cancellation), cancellation);

    async ValueTask<IReadOnlyList<TokenRow>> ReadAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellation) =>
        [.. await connection.QueryAsync<TokenRow>(journal.Command(TokenRow.Select, null, transaction, cancellation))];

    /// <param name="Changes">How many changes this process had made when it was read.</param>
    sealed record Known(int Changes, long ReadAt, IReadOnlyDictionary<string, (AccessToken Token, byte[] Hash)> Tokens);
}
