using Caudal.Transactions;

namespace Caudal.Engines.Postgres;

/// <summary>
/// The columns in which PostgreSQL keeps a transaction, in one order everywhere. A table's own columns come after them. Rows that were
/// taken over from an older table have no position.
/// </summary>
static class TransactionColumns
{
    public const int Count = 19;

    /// <summary>The detail with case and accents removed: what queries compare. Made on writing, never read.</summary>
    public const string FoldedDetail = "detalle_plegado";

    const string Text = "text COLLATE \"C\"";

    /// <summary>For CREATE TABLE, without parentheses.</summary>
    public const string Ddl =
        $"""
        {Wire.Id} uuid NOT NULL, {Wire.IdText} {Text}, {Wire.App} {Text} NOT NULL, {Wire.DebtorId} {Text} NOT NULL,
        {Wire.Amount} numeric(18,2) NOT NULL, {Wire.Product} {Text} NOT NULL, {Wire.DebtorAccount} {Text} NOT NULL,
        {Wire.CreditorAccount} {Text} NOT NULL, {Wire.Detail} {Text} NOT NULL, "{Wire.Timestamp}" timestamp NOT NULL,
        {Wire.Extra} {Text}, epoch uuid, partition integer, "offset" bigint, appended_at timestamp, indexed_at timestamp,
        digest_high bigint NOT NULL, digest_low bigint NOT NULL, {FoldedDetail} {Text} NOT NULL
        """;

    /// <summary>For SELECT: what <see cref="TransactionReader"/> expects.</summary>
    public const string Names =
        $"""
        {Wire.Id}, {Wire.IdText}, {Wire.App}, {Wire.DebtorId}, {Wire.Amount}, {Wire.Product}, {Wire.DebtorAccount},
        {Wire.CreditorAccount}, {Wire.Detail}, "{Wire.Timestamp}", {Wire.Extra}, epoch, partition, "offset", appended_at, indexed_at,
        digest_high, digest_low
        """;

    /// <summary>All of them, in their order: what one table hands another.</summary>
    public const string AllNames = $"{Names}, {FoldedDetail}";
}

/// <summary>The columns in which PostgreSQL keeps a duplicate or what is rejected. A table's own columns come after them.</summary>
static class DuplicateColumns
{
    public const int Count = 7;

    /// <summary>For CREATE TABLE, without parentheses.</summary>
    public const string Ddl =
        $"""
        epoch uuid NOT NULL, partition integer NOT NULL, "offset" bigint NOT NULL, {Wire.Id} uuid NOT NULL,
        {Wire.Amount} numeric(18,2) NOT NULL, digest_high bigint NOT NULL, digest_low bigint NOT NULL
        """;

    /// <summary>For SELECT and INSERT. A transaction's columns have the same names.</summary>
    public const string Names = $"epoch, partition, \"offset\", {Wire.Id}, {Wire.Amount}, digest_high, digest_low";
}
