using Caudal.Transactions;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The columns in which DuckDB keeps a transaction, in one order everywhere: hot table, history table and staging. A table's own columns
/// come after them. No primary key and no index: they cost more than all the rest.
/// </summary>
static class TransactionColumns
{
    public const int Count = 19;

    const string Few = "USING COMPRESSION dictionary";
    const string Parts = "USING COMPRESSION fsst";
    const string Random = "USING COMPRESSION uncompressed";

    /// <summary>The detail with case and accents removed: what queries compare. Made on writing, never read.</summary>
    public const string FoldedDetail = "detalle_plegado";

    /// <summary>
    /// For CREATE TABLE, without parentheses. How each column is compressed is said here, since trying all ways costs more than the rest
    /// of writing a row: apps and products are few, accounts and details share their parts, ids and digests are random.
    /// </summary>
    public static readonly string Ddl =
        $"""
        {Wire.Id} UUID NOT NULL {Random}, {Wire.IdText} VARCHAR, {Wire.App} VARCHAR NOT NULL {Few},
        {Wire.DebtorId} VARCHAR NOT NULL {Parts}, {Wire.Amount} DECIMAL(18,2) NOT NULL, {Wire.Product} VARCHAR NOT NULL {Few},
        {Wire.DebtorAccount} VARCHAR NOT NULL {Parts}, {Wire.CreditorAccount} VARCHAR NOT NULL {Parts},
        {Wire.Detail} VARCHAR NOT NULL {Parts}, {Wire.Timestamp} TIMESTAMP NOT NULL, {Wire.Extra} VARCHAR,
        epoch UUID, partition INTEGER, "offset" BIGINT, appended_at TIMESTAMP, indexed_at TIMESTAMP,
        digest_high UBIGINT NOT NULL {Random}, digest_low UBIGINT NOT NULL {Random},
        {FoldedDetail} VARCHAR NOT NULL {Parts}
        """;

    /// <summary>For SELECT: what <see cref="TransactionReader"/> expects.</summary>
    public const string Names =
        $"""
        {Wire.Id}, {Wire.IdText}, {Wire.App}, {Wire.DebtorId}, {Wire.Amount}, {Wire.Product}, {Wire.DebtorAccount},
        {Wire.CreditorAccount}, {Wire.Detail}, {Wire.Timestamp}, {Wire.Extra}, epoch, partition, "offset", appended_at, indexed_at,
        digest_high, digest_low
        """;

    /// <summary>All of them, in their order: what one table hands another.</summary>
    public const string AllNames = $"{Names}, {FoldedDetail}";
}
