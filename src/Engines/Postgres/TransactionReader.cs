using System.Runtime.CompilerServices;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>Streams what queries select, in their order.</summary>
static class TransactionReader
{
    const int RowsPerBatch = 2048;

    /// <summary>What a query selects for <see cref="ReadAsync"/>, all of it.</summary>
    public const string Columns = $"{TransactionColumns.Names}, {Wire.BatchDate}";

    public static async IAsyncEnumerable<IReadOnlyList<Transaction>> ReadAsync(
        NpgsqlCommand command, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<Transaction>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(ReadRow(reader));
            if (rows.Count < RowsPerBatch)
                continue;
            yield return rows;
            rows = new(RowsPerBatch);
        }
        if (rows.Count > 0)
            yield return rows;
    }

    static Transaction ReadRow(NpgsqlDataReader row) => new()
    {
        Id = TransactionId.Of(row.GetGuid(0)),
        IdText = ReadTextOrNull(row, 1),
        App = ReadText(row, 2),
        DebtorId = ReadText(row, 3),
        Amount = ReadMoney(row, 4),
        Product = ReadText(row, 5),
        DebtorAccount = ReadText(row, 6),
        CreditorAccount = ReadText(row, 7),
        Detail = ReadText(row, 8),
        Timestamp = PostgresTime.Read(row, 9),
        Extra = ReadTextOrNull(row, 10),
        Position = ReadPosition(row, first: 11),
        AppendedAt = PostgresTime.Read(row, 14),
        IndexedAt = PostgresTime.Read(row, 15),
        Digest = ReadDigest(row, first: 16),
        BatchDate = row.IsDBNull(18) ? null : row.GetFieldValue<DateOnly>(18),
    };

    /// <summary>From <see cref="DuplicateColumns"/>, the first of them at <paramref name="first"/>.</summary>
    public static Duplicate ReadDuplicate(NpgsqlDataReader row, int first) => new(
        ReadPosition(row, first), TransactionId.Of(row.GetGuid(first + 3)), ReadMoney(row, first + 4), ReadDigest(row, first + 5));

    static Position ReadPosition(NpgsqlDataReader row, int first) => row.IsDBNull(first)
        ? default
        : new(row.GetGuid(first), row.GetInt32(first + 1), row.GetInt64(first + 2));

    static Digest ReadDigest(NpgsqlDataReader row, int first) => new((ulong)row.GetInt64(first), (ulong)row.GetInt64(first + 1));

    public static Money ReadMoney(NpgsqlDataReader row, int column) => new((long)(row.GetDecimal(column) * 100));

    static Utf8Text ReadText(NpgsqlDataReader row, int column) => new(row.GetFieldValue<byte[]>(column));

    static Utf8Text? ReadTextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? default(Utf8Text?) : ReadText(row, column);
}
