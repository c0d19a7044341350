using Caudal.Transactions;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The columns in which DuckDB keeps a transaction, in one order everywhere: hot table, history table and staging. A table's own columns
/// come after them. No primary key and no index: they cost more than all the rest.
/// </summary>
static class TransactionColumns
{
    public const int Count = 18;

    /// <summary>For CREATE TABLE, without parentheses.</summary>
    public const string Ddl =
        $"""
        {Wire.Id} UUID NOT NULL, {Wire.IdText} VARCHAR, {Wire.App} VARCHAR NOT NULL, {Wire.DebtorId} VARCHAR NOT NULL,
        {Wire.Amount} DECIMAL(18,2) NOT NULL, {Wire.Product} VARCHAR NOT NULL, {Wire.DebtorAccount} VARCHAR NOT NULL,
        {Wire.CreditorAccount} VARCHAR NOT NULL, {Wire.Detail} VARCHAR NOT NULL, {Wire.Timestamp} TIMESTAMP NOT NULL,
        {Wire.Extra} VARCHAR, epoch UUID, partition INTEGER, "offset" BIGINT, appended_at TIMESTAMP, indexed_at TIMESTAMP,
        digest_high UBIGINT NOT NULL, digest_low UBIGINT NOT NULL
        """;

    /// <summary>For SELECT: what <see cref="TransactionReader"/> expects, and the names for INSERT.</summary>
    public const string Names =
        $"""
        {Wire.Id}, {Wire.IdText}, {Wire.App}, {Wire.DebtorId}, {Wire.Amount}, {Wire.Product}, {Wire.DebtorAccount},
        {Wire.CreditorAccount}, {Wire.Detail}, {Wire.Timestamp}, {Wire.Extra}, epoch, partition, "offset", appended_at, indexed_at,
        digest_high, digest_low
        """;
}
