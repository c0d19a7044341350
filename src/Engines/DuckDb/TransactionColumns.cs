using Caudal.Transactions;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The columns in which DuckDB keeps a transaction, in one order everywhere: hot table, history table and staging. A table's own columns
/// come after them. No primary key and no index: they cost more than all the rest.
/// </summary>
static class TransactionColumns
{
    public const int Count = 18;

    /// <summary>
    /// For CREATE TABLE, without parentheses. Compression is named where it is known, since trying them all costs more than the rest of
    /// writing a row: accounts and details share their parts, apps and products are few, and ids and digests are random.
    /// </summary>
    public const string Ddl =
        $"""
        {Wire.Id} UUID NOT NULL USING COMPRESSION uncompressed, {Wire.IdText} VARCHAR,
        {Wire.App} VARCHAR NOT NULL USING COMPRESSION dictionary, {Wire.DebtorId} VARCHAR NOT NULL USING COMPRESSION fsst,
        {Wire.Amount} DECIMAL(18,2) NOT NULL,
        {Wire.Product} VARCHAR NOT NULL USING COMPRESSION dictionary, {Wire.DebtorAccount} VARCHAR NOT NULL USING COMPRESSION fsst,
        {Wire.CreditorAccount} VARCHAR NOT NULL USING COMPRESSION fsst, {Wire.Detail} VARCHAR NOT NULL USING COMPRESSION fsst,
        {Wire.Timestamp} TIMESTAMP NOT NULL, {Wire.Extra} VARCHAR, epoch UUID, partition INTEGER, "offset" BIGINT,
        appended_at TIMESTAMP, indexed_at TIMESTAMP, digest_high UBIGINT NOT NULL USING COMPRESSION uncompressed,
        digest_low UBIGINT NOT NULL USING COMPRESSION uncompressed
        """;

    /// <summary>For SELECT: what <see cref="TransactionReader"/> expects, and the names for INSERT.</summary>
    public const string Names =
        $"""
        {Wire.Id}, {Wire.IdText}, {Wire.App}, {Wire.DebtorId}, {Wire.Amount}, {Wire.Product}, {Wire.DebtorAccount},
        {Wire.CreditorAccount}, {Wire.Detail}, {Wire.Timestamp}, {Wire.Extra}, epoch, partition, "offset", appended_at, indexed_at,
        digest_high, digest_low
        """;
}
