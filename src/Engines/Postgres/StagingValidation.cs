using Caudal.Batch;
using Caudal.History;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// Finds which staged rows history holds already, which of them are one too many among themselves, and which fail the checks. PostgreSQL
/// bounds the memory of joins and groupings by itself.
/// </summary>
sealed class StagingValidation(NpgsqlConnection connection, HistoryStaging staging, CancellationToken cancellation)
{
    /// <summary>Two rows with these alike under two ids look like one payment made twice.</summary>
    const string Likeness = $"{Wire.DebtorId}, {Wire.DebtorAccount}, {Wire.CreditorAccount}, {Wire.Amount}, \"{Wire.Timestamp}\"";

    /// <summary>The same as one number: what differs in it is not alike.</summary>
    const string LikenessHash =
        $"""
        hashtextextended({Wire.DebtorId}, 0) # hashtextextended({Wire.DebtorAccount}, 1) # hashtextextended({Wire.CreditorAccount}, 2)
        # hash_numeric_extended({Wire.Amount}, 3) # timestamp_hash_extended("{Wire.Timestamp}", 4)
        """;

    const string InOrder = "epoch, partition, \"offset\"";

    /// <summary>Within the open transaction, in place of an earlier outcome.</summary>
    public async ValueTask<ValidationOutcome> RunAsync(IReadOnlyList<QualityCheck> checks)
    {
        await connection.ExecuteAsync($"DROP TABLE IF EXISTS {staging.Verdicts}", cancellation);
        await staging.MakeAsync(staging.Verdicts, "staged_row bigint NOT NULL, verdict text COLLATE \"C\" NOT NULL", cancellation);
        await FindKnownToHistoryAsync();
        await FindRepeatedAsync();
        var rows = await CountAsync(staging.Rows, "true");
        var duplicates = await CountVerdictsAsync(Verdict.Duplicate);
        var conflicts = await CountVerdictsAsync(Verdict.Conflict);
        var results = new List<CheckResult>();
        foreach (var check in checks)
        {
            if (check.Rule == QualityRule.SuspectedDuplicate)
                await FindSuspectedDuplicatesAsync();
            else
                await FindFailingAsync(check);
            // Rows that will not be loaded anyway neither fail nor count.
            results.Add(new(
                check.Rule, await CountVerdictsAsync(check.Rule.ToString()), rows - duplicates - conflicts, check.FailingPerMillionMax));
        }
        await connection.ExecuteAsync($"ANALYZE {staging.Verdicts}", cancellation);
        return new(duplicates, conflicts, results);
    }

    ValueTask FindKnownToHistoryAsync() => FindAsync(
        $"""
        SELECT staged_row, {DuplicateIf("staged.digest_high = known.digest_high AND staged.digest_low = known.digest_low")}
        FROM {staging.Rows} AS staged JOIN {HistorySchema.Rows} AS known USING ({Wire.Id})
        """);

    ValueTask FindRepeatedAsync() => FindAsync(
        $"""
        SELECT staged_row, {DuplicateIf("digest_high = first_high AND digest_low = first_low")}
        FROM (
          SELECT staged_row, digest_high, digest_low, row_number() OVER same AS nth,
            first_value(digest_high) OVER same AS first_high, first_value(digest_low) OVER same AS first_low
          FROM {staging.Rows}
          WHERE {Wire.Id} IN (SELECT {Wire.Id} FROM {staging.Rows} GROUP BY {Wire.Id} HAVING count(*) > 1)
          WINDOW same AS (PARTITION BY {Wire.Id} ORDER BY {InOrder})) AS repeated
        WHERE nth > 1 AND NOT EXISTS (SELECT FROM {staging.Verdicts} AS found WHERE found.staged_row = repeated.staged_row)
        """);

    ValueTask FindSuspectedDuplicatesAsync() => FindAsync(
        $"""
        SELECT staged_row, '{QualityRule.SuspectedDuplicate}'
        FROM (
          SELECT staged_row, row_number() OVER (PARTITION BY {Likeness} ORDER BY {InOrder}) AS nth
          FROM {staging.Rows}
          WHERE {IsNew} AND {LikenessHash} IN (
            SELECT {LikenessHash} FROM {staging.Rows} GROUP BY 1 HAVING count(*) > 1)) AS alike
        WHERE nth > 1
        """);

    ValueTask FindFailingAsync(QualityCheck check) =>
        FindAsync($"SELECT staged_row, '{check.Rule}' FROM {staging.Rows} WHERE {Condition(check)} AND {IsNew}");

    static string Condition(QualityCheck check) => check.Rule switch
    {
        QualityRule.FutureTimestamp => $"\"{Wire.Timestamp}\" > appended_at + INTERVAL '1 day'",
        QualityRule.AmountZero => $"{Wire.Amount} = 0",
        QualityRule.AmountAboveMax when check.AmountMax is { } max => $"{Wire.Amount} > {max}",
        _ => throw new ArgumentException($"Check {check.Rule} cannot be made as it is set."),
    };

    string IsNew =>
        $"""
        NOT EXISTS (
          SELECT FROM {staging.Verdicts} AS settled
          WHERE settled.staged_row = {staging.Rows}.staged_row AND verdict IN ('{Verdict.Duplicate}', '{Verdict.Conflict}'))
        """;

    static string DuplicateIf(string same) => $"CASE WHEN {same} THEN '{Verdict.Duplicate}' ELSE '{Verdict.Conflict}' END";

    async ValueTask FindAsync(string query) =>
        await connection.ExecuteAsync($"INSERT INTO {staging.Verdicts} {query}", cancellation);

    ValueTask<long> CountVerdictsAsync(string verdict) => CountAsync(staging.Verdicts, $"verdict = '{verdict}'");

    ValueTask<long> CountAsync(string table, string condition) =>
        connection.ScalarAsync<long>($"SELECT count(*) FROM {table} WHERE {condition}", cancellation);
}
