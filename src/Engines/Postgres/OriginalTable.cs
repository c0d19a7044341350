using Caudal.History;
using Caudal.Reconciling;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// Takes over the table that the original pipeline has filled (a serial id, no digest): each row is judged as any message is, gets an id
/// that is derived from its old one, which stays visible among its other members, and comes into history without a position. The table
/// itself keeps all its rows, under another name. All of it is one transaction.
/// </summary>
public static class OriginalTable
{
    const string KeptAs = $"{HistorySchema.Rows}_original";

    const string Proven = "migrated";

    const string IsMigrated = "epoch IS NULL";

    /// <summary>No run has settled them.</summary>
    const long NoRun = 0;

    const int RowsPerFetch = 5_000;

    static readonly string[] Columns =
    [
        Wire.Id, Wire.App, Wire.DebtorId, Wire.Amount, Wire.Product, Wire.DebtorAccount, Wire.CreditorAccount, Wire.Detail,
        Wire.Timestamp, Wire.BatchDate,
    ];

    /// <summary>A row as the message that would have brought it: times without a zone are read in the business zone.</summary>
    static readonly string SelectMessages =
        $"""
        SELECT id::text, batch_date::date,
          (jsonb_strip_nulls(to_jsonb(original) - 'id' - 'batch_date') || jsonb_build_object('id_original', id))::text
        FROM {KeptAs} AS original
        """;

    /// <param name="zone">The business zone that the history gets; null for UTC.</param>
    /// <param name="topic">Part of every derived id.</param>
    /// <param name="progress">Told how many rows were looked at.</param>
    /// <exception cref="PostgresDatabaseException">There is no such table; the message says what there is. Nothing was changed.</exception>
    public static async ValueTask<Takeover> TakeOverAsync(
        PostgresOptions options, TimeZoneInfo? zone, string topic, IProgress<long> progress, CancellationToken cancellation)
    {
        await using var database = await PostgresDatabase.OpenAsync(options.Connection, cancellation);
        await using var connection = await database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await AdvisoryLock.TakeAsync(connection, AdvisoryLock.Schema, cancellation);
        await EnsureOriginalAsync(connection, cancellation);
        await connection.ExecuteAsync($"ALTER TABLE {HistorySchema.Rows} RENAME TO {KeptAs}", cancellation);
        await HistorySchema.MakeAsync(connection, zone ?? TimeZoneInfo.Utc, cancellation);

        var (decoder, days) = (new TransactionDecoder(zone ?? TimeZoneInfo.Utc), zone ?? TimeZoneInfo.Utc);
        var (taken, refused, seen) = (default(Figures), new SortedDictionary<string, long>(), 0L);
        await connection.ExecuteAsync($"DECLARE original_rows NO SCROLL CURSOR FOR {SelectMessages}", cancellation);
        while (await FetchAsync(connection, cancellation) is { Count: > 0 } rows)
        {
            taken += await AppendAsync(connection, rows.Select(row => Judge(row, decoder, topic)), days, refused, cancellation);
            progress.Report(seen += rows.Count);
        }
        await EnsureReadBackAsync(connection, taken, cancellation);
        await connection.ExecuteAsync("INSERT INTO settings VALUES ($1, $2)", cancellation, Proven, Write(taken));
        await transaction.CommitAsync(CancellationToken.None);
        return new(taken, refused, KeptAs);
    }

    /// <summary>Within the open transaction.</summary>
    internal static async ValueTask<MigratedRows> MeasureAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var proven = await connection.ScalarAsync<string>("SELECT value FROM settings WHERE name = $1", cancellation, Proven);
        // The index on position knows which blocks have rows without one: mostly none.
        await connection.GoByIndexAsync(cancellation);
        return new(
            proven is null ? default : Read(proven),
            await FigureSql.MeasureAsync(connection, HistorySchema.Rows, IsMigrated, cancellation));
    }

    static async ValueTask EnsureOriginalAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (await HistorySchema.ExistsAsync(connection, "schema_version", cancellation))
            throw new PostgresDatabaseException(
                $"Database '{connection.Database}' is Caudal's already: there is nothing to take over.");
        var missing = new List<string>();
        foreach (var column in Columns)
            if (await connection.ScalarAsync<long>(
                "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped", cancellation,
                HistorySchema.Rows, column) == 0)
                missing.Add(column);
        if (missing.Count > 0)
            throw new PostgresDatabaseException(
                $"Database '{connection.Database}' has no table {HistorySchema.Rows} with a column {string.Join(", ", missing)}: name the "
                + "original pipeline's database in History:Connection. Nothing was changed.");
    }

    sealed record OriginalRow(string Id, DateOnly? BatchDate, byte[] Message);

    static async ValueTask<List<OriginalRow>> FetchAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var rows = new List<OriginalRow>();
        await using var command = connection.Command($"FETCH {RowsPerFetch} FROM original_rows");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            rows.Add(new(
                reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateOnly>(1), reader.GetFieldValue<byte[]>(2)));
        return rows;
    }

    static (Judgement Judgement, DateOnly? BatchDate) Judge(OriginalRow row, TransactionDecoder decoder, string topic)
    {
        var id = TransactionId.NameBased("original row", Utf8Text.Of(topic), Utf8Text.Of(row.Id));
        return (decoder.Decode(row.Message, new(topic, default, default, id)), row.BatchDate);
    }

    static async ValueTask<Figures> AppendAsync(
        NpgsqlConnection connection, IEnumerable<(Judgement Judgement, DateOnly? BatchDate)> rows, TimeZoneInfo zone,
        SortedDictionary<string, long> refused, CancellationToken cancellation)
    {
        var taken = default(Figures);
        await using var copy = await CopyWriter.BeginAsync(
            connection, HistorySchema.Rows, TransactionColumns.Count + 2, options: "", cancellation);
        foreach (var (judgement, batchDate) in rows)
        {
            if (judgement.Accepted is not { } row)
            {
                refused[judgement.Fault!.Code] = refused.GetValueOrDefault(judgement.Fault.Code) + 1;
                continue;
            }
            copy.BeginRow();
            copy.Add(row);
            copy.Add(batchDate ?? row.Timestamp.DayIn(zone));
            copy.Add(NoRun);
            await copy.FlushIfFullAsync(cancellation);
            taken += Figures.Of(row);
        }
        await copy.CompleteAsync(cancellation);
        return taken;
    }

    static async ValueTask EnsureReadBackAsync(NpgsqlConnection connection, Figures taken, CancellationToken cancellation)
    {
        var found = default(Figures);
        await using var command = connection.Command($"SELECT {TransactionReader.Columns} FROM {HistorySchema.Rows}");
        await foreach (var rows in TransactionReader.ReadAsync(command, cancellation))
            foreach (var row in rows)
                found += Figures.Of(row with { Digest = CanonicalForm.DigestOf(row) });
        if (found != taken)
            throw new ReconciliationException($"{taken} were taken over, but {found} are read back. Nothing was changed.");
    }

    static string Write(Figures figures) => $"{figures.Count} {figures.Sum} {figures.Digest}";

    static Figures Read(string text) => text.Split(' ') is [var count, var sum, var digest]
        ? new(long.Parse(count, System.Globalization.CultureInfo.InvariantCulture), MoneySum.Parse(sum), Digest.Parse(digest))
        : throw new FormatException($"The setting '{Proven}' of history is no figures.");
}
