using System.Globalization;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The hot file's tables. Beside the rows and duplicates it keeps its own account in two tables: <c>state</c>, one row that ingest
/// updates, and <c>removals</c>, to which each run adds one. Apart, so that ingest and a purge never write the same row: neither
/// waits for the other and neither can fail because of it.
/// </summary>
static class HotSchema
{
    public const int Version = 3;
    public const string Rows = "transactions";
    public const string Duplicates = "duplicates";

    public static readonly string Ddl =
        $"""
        CREATE TABLE {Rows} ({TransactionColumns.Ddl});
        CREATE TABLE {Duplicates} ({DuplicateColumns.Ddl}, appended_at TIMESTAMP NOT NULL);
        CREATE TABLE state (
          started_at VARCHAR NOT NULL, next VARCHAR NOT NULL, messages BIGINT NOT NULL, rejected BIGINT NOT NULL, {FigureDdl},
          anchor VARCHAR);
        CREATE TABLE removals (range_from VARCHAR NOT NULL, range_to VARCHAR NOT NULL, removed_at TIMESTAMP NOT NULL, {FigureDdl});
        """;

    /// <summary>
    /// Takes an older file forward. Version 1 kept no anchor: there is none until ingest's next commit; version 2 no folded details.
    /// </summary>
    public static void Migrate(DuckDBConnection connection, int found)
    {
        if (found < 2)
            connection.Execute("ALTER TABLE state ADD COLUMN anchor VARCHAR");
        if (found < 3)
            DetailFolding.Rebuild(connection, Rows, TransactionColumns.Ddl);
    }

    /// <summary>A <see cref="RangeFigures"/>: sums in the text that people read, digests in hexadecimal.</summary>
    const string FigureDdl =
        """
        row_count BIGINT NOT NULL, row_sum VARCHAR NOT NULL, row_digest VARCHAR NOT NULL,
        duplicate_count BIGINT NOT NULL, duplicate_sum VARCHAR NOT NULL, duplicate_digest VARCHAR NOT NULL
        """;

    const string FigureNames = "row_count, row_sum, row_digest, duplicate_count, duplicate_sum, duplicate_digest";

    /// <summary>The committed state; a new file's is written first, beginning at <paramref name="startAt"/>.</summary>
    public static HotState ReadOrBegin(DuckDBConnection connection, Watermark startAt)
    {
        if (TryRead(connection) is { } found)
            return found;
        connection.Execute(string.Create(
            CultureInfo.InvariantCulture, $"INSERT INTO state VALUES ('{startAt}', '{startAt}', 0, 0, {Values(default)}, NULL)"));
        return Read(connection);
    }

    /// <summary>The committed state of a file that has begun.</summary>
    public static HotState Read(DuckDBConnection connection) =>
        TryRead(connection) ?? throw new InvalidDataException("The hot file has lost its state.");

    /// <summary>What ingest's commit changes of the state.</summary>
    public static void Update(DuckDBConnection connection, HotState state) => connection.Execute(string.Create(
        CultureInfo.InvariantCulture,
        $"""
        UPDATE state SET (next, messages, rejected, {FigureNames}, anchor) =
          ('{state.Next}', {state.Messages}, {state.Rejected}, {Values(state.Taken)}, '{state.Anchor}')
        """));

    public static void AddRemoval(DuckDBConnection connection, PositionRange range, RangeFigures removed, Instant now) =>
        connection.Execute(string.Create(
            CultureInfo.InvariantCulture,
            $"INSERT INTO removals VALUES ('{range.From}', '{range.To}', make_timestamp({now.Microseconds}), {Values(removed)})"));

    /// <summary>True where a run removed exactly this.</summary>
    public static bool WasRemoved(DuckDBConnection connection, PositionRange range, RangeFigures figures) =>
        ReadRemovals(connection).Any(removal => removal.Range.Equals(range) && removal.Figures == figures);

    public static RangeFigures SumRemoved(DuckDBConnection connection) =>
        ReadRemovals(connection).Aggregate(default(RangeFigures), (sum, removal) => sum + removal.Figures);

    static HotState? TryRead(DuckDBConnection connection)
    {
        using var chunk = new ChunkReader(
            connection, $"SELECT started_at, next, messages, rejected, {FigureNames}, coalesce(anchor, '{LogAnchor.None}') FROM state",
            CancellationToken.None);
        if (!chunk.Read() || chunk.Rows == 0)
            return null;
        var taken = ReadFigures(chunk, 0, first: 4);
        var state = new HotState(
            Watermark.Parse(chunk.Text(0, 0).ToString()), Watermark.Parse(chunk.Text(1, 0).ToString()),
            chunk.Int64(2, 0), chunk.Int64(3, 0), taken, default);
        return state with { Removed = SumRemoved(connection), Anchor = LogAnchor.Parse(chunk.Text(10, 0).ToString()) };
    }

    static List<(PositionRange Range, RangeFigures Figures)> ReadRemovals(DuckDBConnection connection)
    {
        var removals = new List<(PositionRange, RangeFigures)>();
        using var chunk = new ChunkReader(
            connection, $"SELECT range_from, range_to, {FigureNames} FROM removals", CancellationToken.None);
        while (chunk.Read())
            for (var row = 0; row < chunk.Rows; row++)
            {
                var range = new PositionRange(
                    Watermark.Parse(chunk.Text(0, row).ToString()), Watermark.Parse(chunk.Text(1, row).ToString()));
                removals.Add((range, ReadFigures(chunk, row, first: 2)));
            }
        return removals;
    }

    static RangeFigures ReadFigures(ChunkReader chunk, int row, int first)
    {
        return new(Read(first), Read(first + 3));

        Figures Read(int column) => new(
            chunk.Int64(column, row), MoneySum.Parse(chunk.Text(column + 1, row).ToString()),
            Digest.Parse(chunk.Text(column + 2, row).ToString()));
    }

    static string Values(RangeFigures figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {figures.Rows.Count}, '{figures.Rows.Sum}', '{figures.Rows.Digest}',
        {figures.Duplicates.Count}, '{figures.Duplicates.Sum}', '{figures.Duplicates.Digest}'
        """);
}
