using Caudal.Transactions;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The columns in which DuckDB keeps a transaction, in one order everywhere: hot table, history table and staging. A table's own columns
/// come after them. No primary key and no index: they cost more than all the rest.
/// </summary>
static class TransactionColumns
{
    public const int Count = 19;

    /// <summary>The detail with case and accents removed: what queries compare. Made on writing, never read.</summary>
    public const string FoldedDetail = "detalle_plegado";

    /// <summary>For CREATE TABLE, without parentheses.</summary>
    public static readonly string Ddl = Columns();

    /// <summary>
    /// The same for rows that stay. How each column is compressed is said here, since trying all ways costs more than the rest of writing
    /// a row: apps and products are few, accounts and details share their parts, ids and digests are random.
    /// </summary>
    public static readonly string PackedDdl = Columns(
        few: " USING COMPRESSION dictionary", parts: " USING COMPRESSION fsst", random: " USING COMPRESSION uncompressed");

    /// <summary>For SELECT: what <see cref="TransactionReader"/> expects.</summary>
    public const string Names =
        $"""
        {Wire.Id}, {Wire.IdText}, {Wire.App}, {Wire.DebtorId}, {Wire.Amount}, {Wire.Product}, {Wire.DebtorAccount},
        {Wire.CreditorAccount}, {Wire.Detail}, {Wire.Timestamp}, {Wire.Extra}, epoch, partition, "offset", appended_at, indexed_at,
        digest_high, digest_low
        """;

    /// <summary>All of them, in their order: what one table hands another.</summary>
    public const string AllNames = $"{Names}, {FoldedDetail}";

    static string Columns(string few = "", string parts = "", string random = "") =>
        $"""
        {Wire.Id} UUID NOT NULL{random}, {Wire.IdText} VARCHAR, {Wire.App} VARCHAR NOT NULL{few},
        {Wire.DebtorId} VARCHAR NOT NULL{parts}, {Wire.Amount} DECIMAL(18,2) NOT NULL, {Wire.Product} VARCHAR NOT NULL{few},
        {Wire.DebtorAccount} VARCHAR NOT NULL{parts}, {Wire.CreditorAccount} VARCHAR NOT NULL{parts},
        {Wire.Detail} VARCHAR NOT NULL{parts}, {Wire.Timestamp} TIMESTAMP NOT NULL, {Wire.Extra} VARCHAR,
        epoch UUID, partition INTEGER, "offset" BIGINT, appended_at TIMESTAMP, indexed_at TIMESTAMP,
        digest_high UBIGINT NOT NULL{random}, digest_low UBIGINT NOT NULL{random},
        {FoldedDetail} VARCHAR NOT NULL{parts}
        """;
}
