using System.Globalization;
using Caudal.Tests.Batch;
using Caudal.Transactions;

namespace Caudal.Tests.Reconciling;

/// <summary>What somebody does to a row by hand, as SQL on a store's file.</summary>
static class Tampering
{
    /// <summary>The table of transactions of a store.</summary>
    static string Table(string store) => store == "hot" ? "transactions" : "historical_transactions";

    public static string AlterOneCent(string store, int n) => $"UPDATE {Table(store)} SET valor = valor + 0.01 WHERE id = '{Some.Id(n)}'";

    /// <summary>As one who knows how digests are made: the altered row is sound in itself.</summary>
    public static string AlterOneCentAndItsDigest(string store, int n)
    {
        var altered = Some.Transaction(n, some => some with { Amount = new(some.Amount.Cents + 1) });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            UPDATE {Table(store)} SET valor = {altered.Amount}, digest_high = {altered.Digest.High}, digest_low = {altered.Digest.Low}
            WHERE id = '{altered.Id}'
            """);
    }

    public static string Remove(string store, int n) => $"DELETE FROM {Table(store)} WHERE id = '{Some.Id(n)}'";

    /// <summary>A row that is sound in itself, at the position of another or where the log has nothing.</summary>
    public static string Add(string store, int n, int besides, long shiftOfOffset = 0)
    {
        var extra = Some.Transaction(n, some => some with { App = "Banca Web", Product = "Ahorros" });
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            INSERT INTO {Table(store)} SELECT * REPLACE (
              '{extra.Id}' AS id, '{extra.App}' AS app, '{extra.DebtorId}' AS id_ordenante,
              {extra.Amount} AS valor, '{extra.Product}' AS producto,
              '{extra.DebtorAccount}' AS cuenta_ordenante, '{extra.CreditorAccount}' AS cuenta_beneficiario, '{extra.Detail}' AS detalle,
              make_timestamp({extra.Timestamp.Microseconds}) AS "timestamp", "offset" + {shiftOfOffset} AS "offset",
              {extra.Digest.High} AS digest_high, {extra.Digest.Low} AS digest_low)
            FROM {Table(store)} WHERE id = '{Some.Id(besides)}'
            """);
    }
}
