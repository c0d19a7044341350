using System.Globalization;
using Caudal.Batch;
using Caudal.History;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Finds which staged rows history holds already, which of them are one too many among themselves, and which fail the checks. Joins and
/// groupings are done in shares of a million rows by hash, so that ten million take the memory of one.
/// </summary>
sealed class StagingValidation(DuckDBConnection connection, HistoryStaging staging, CancellationToken cancellation)
{
    const long RowsPerShare = 1_000_000;

    /// <summary>Two rows with these alike under two ids look like one payment made twice.</summary>
    const string Likeness =
        $"{Wire.DebtorId}, {Wire.DebtorAccount}, {Wire.CreditorAccount}, {Wire.Amount}, \"{Wire.Timestamp}\"";

    const string InOrder = "epoch, partition, \"offset\"";

    /// <summary>In one transaction: the outcome replaces an earlier one whole.</summary>
    public ValidationOutcome Run(IReadOnlyList<QualityCheck> checks)
    {
        using var transaction = connection.BeginTransaction();
        connection.Execute($"CREATE OR REPLACE TABLE {staging.Verdicts} (staged_row BIGINT NOT NULL, verdict VARCHAR NOT NULL)");
        var rows = Count($"SELECT count(*) FROM {staging.Rows}");
        var shares = (int)(rows / RowsPerShare) + 1;
        for (var share = 0; share < shares; share++)
        {
            FindKnownToHistory(Share(Wire.Id, share, shares));
            FindRepeated(Share(Wire.Id, share, shares));
        }
        var duplicates = CountVerdicts(Verdict.Duplicate);
        var conflicts = CountVerdicts(Verdict.Conflict);
        var results = new List<CheckResult>();
        foreach (var check in checks)
        {
            if (check.Rule == QualityRule.SuspectedDuplicate)
                for (var share = 0; share < shares; share++)
                    FindSuspectedDuplicates(share, shares);
            else
                FindFailing(check.Rule, Condition(check));
            // Rows that will not be loaded anyway neither fail nor count.
            results.Add(new(
                check.Rule, CountVerdicts(check.Rule.ToString()), rows - duplicates - conflicts, check.FailingPerMillionMax));
        }
        transaction.Commit();
        return new(duplicates, conflicts, results);
    }

    void FindKnownToHistory(string share) => Find(
        $"""
        SELECT staged.rowid, {DuplicateIf("bool_and(staged.digest_high = known.digest_high AND staged.digest_low = known.digest_low)")}
        FROM {staging.Rows} AS staged JOIN {HistorySchema.Rows} AS known ON known.{Wire.Id} = staged.{Wire.Id}
        WHERE {share.Replace(Wire.Id, "staged." + Wire.Id, StringComparison.Ordinal)}
        GROUP BY staged.rowid
        """);

    void FindRepeated(string share) => Find(
        $"""
        SELECT staged_row, {DuplicateIf("digest_high = first_high AND digest_low = first_low")}
        FROM (
          SELECT rowid AS staged_row, digest_high, digest_low, row_number() OVER same AS nth,
            first_value(digest_high) OVER same AS first_high, first_value(digest_low) OVER same AS first_low
          FROM {staging.Rows}
          WHERE {Wire.Id} IN (SELECT {Wire.Id} FROM {staging.Rows} WHERE {share} GROUP BY {Wire.Id} HAVING count(*) > 1)
          WINDOW same AS (PARTITION BY {Wire.Id} ORDER BY {InOrder}))
        WHERE nth > 1 AND staged_row NOT IN (SELECT staged_row FROM {staging.Verdicts})
        """);

    void FindSuspectedDuplicates(int share, int shares) => Find(
        $"""
        SELECT staged_row, '{QualityRule.SuspectedDuplicate}'
        FROM (
          SELECT rowid AS staged_row, row_number() OVER (PARTITION BY {Likeness} ORDER BY {InOrder}) AS nth
          FROM {NewRows}
          WHERE hash({Likeness}) IN (
            SELECT hash({Likeness}) AS likeness FROM {staging.Rows} WHERE {Share(Likeness, share, shares)}
            GROUP BY likeness HAVING count(*) > 1))
        WHERE nth > 1
        """);

    void FindFailing(QualityRule rule, string condition) => Find($"SELECT rowid, '{rule}' FROM {NewRows} WHERE {condition}");

    static string Condition(QualityCheck check) => check.Rule switch
    {
        QualityRule.FutureTimestamp => $"\"{Wire.Timestamp}\" > appended_at + INTERVAL 1 DAY",
        QualityRule.AmountZero => $"{Wire.Amount} = 0",
        QualityRule.AmountAboveMax when check.AmountMax is { } max => $"{Wire.Amount} > {max}::DECIMAL(18,2)",
        _ => throw new ArgumentException($"Check {check.Rule} cannot be made as it is set."),
    };

    string NewRows =>
        $"""
        (SELECT staged.rowid, staged.* FROM {staging.Rows} AS staged ANTI JOIN (
          SELECT staged_row FROM {staging.Verdicts} WHERE verdict IN ('{Verdict.Duplicate}', '{Verdict.Conflict}')
        ) AS settled ON settled.staged_row = staged.rowid)
        """;

    static string DuplicateIf(string same) => $"CASE WHEN {same} THEN '{Verdict.Duplicate}' ELSE '{Verdict.Conflict}' END";

    static string Share(string of, int share, int shares) =>
        shares == 1 ? "true" : string.Create(CultureInfo.InvariantCulture, $"hash({of}) % {shares} = {share}");

    void Find(string query) => connection.ExecuteInterruptibly($"INSERT INTO {staging.Verdicts} {query}", cancellation);

    long CountVerdicts(string verdict) => Count($"SELECT count(*) FROM {staging.Verdicts} WHERE verdict = '{verdict}'");

    long Count(string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }
}
