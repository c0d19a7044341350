using System.Globalization;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Bench;

/// <summary>
/// From the log to searchable rows: read, decode, validate, identify, digest, commit. Beside it DuckDB.NET's own appender, which is given
/// the same rows as typed values that are ready in memory, and does nothing else.
/// </summary>
static class IngestBench
{
    public static async Task RunAsync(BenchOptions options)
    {
        var rows = options.Rows ?? 2_000_000;
        var typed = await DecodeAsync(Math.Min(rows, 500_000));
        var (ours, floor) = (new List<Measured>(), new List<Measured>());
        for (var round = 0; round < options.Rounds; round++)
        {
            await using var stores = await Stores.OpenAsync();
            if (options.Present > 0)
            {
                await stores.AppendAsync(options.Present, seed: 1_000);
                await stores.IngestAsync();
            }
            await stores.AppendAsync(rows, seed: 7);
            GC.Collect();
            using var looking = new CancellationTokenSource();
            var dashboard = options.Present > 0 ? LookAsync(stores.Hot.Queries, looking.Token) : Task.CompletedTask;
            ours.Add(await Measured.OfAsync(rows, stores.IngestAsync));
            await looking.CancelAsync();
            await dashboard;
            floor.Add(await Measured.OfAsync(rows, () => Task.Run(() => AppendAsDuckDbDoes(stores.File("floor.duckdb"), typed, rows))));
            if (round == 0)
                Table.Row(
                    "bytes on disk per transaction: hot, log",
                    $"{stores.BytesOf("hot.duckdb") / (rows + options.Present)}, {stores.BytesOf("log.db") / (rows + options.Present)}");
        }
        var before = options.Present > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{options.Present:N0} rows there before and a dashboard looking")
            : "empty before";
        Table.Rate($"log to searchable, {before}", ours);
        Table.Rate("… floor: DuckDB.NET's appender, rows ready in memory, a commit each 100,000", floor);
        Table.Ratio("log to searchable as a share of that floor", ours, floor);
    }

    static async Task LookAsync(TransactionQueries queries, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var (_, ask) in DashboardQuestions.Eight)
                await ask(queries);
            await Task.Delay(TimeSpan.FromSeconds(5), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task<List<TypedRow>> DecodeAsync(int rows)
    {
        var (decoder, typed, partition, offset) =
            (new TransactionDecoder(TimeZoneInfo.Utc), new List<TypedRow>(rows), new LogPartition(Guid.NewGuid(), 0), 0L);
        await foreach (var batch in Stores.Generate(rows, seed: 7))
            foreach (var message in batch)
            {
                var origin = new MessageOrigin(Stores.Ingest.Topic, new(partition, offset++), new(1_756_684_800_000_000), null);
                typed.Add(TypedRow.Of(decoder.Decode(message.Value, origin).Accepted!));
            }
        return typed;
    }

    static void AppendAsDuckDbDoes(string path, List<TypedRow> typed, int rows)
    {
        File.Delete(path);
        using var connection = new DuckDBConnection($"DataSource={path}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            CREATE TABLE transactions (
              id UUID NOT NULL, id_texto VARCHAR, app VARCHAR NOT NULL, id_ordenante VARCHAR NOT NULL, valor DECIMAL(18,2) NOT NULL,
              producto VARCHAR NOT NULL, cuenta_ordenante VARCHAR NOT NULL, cuenta_beneficiario VARCHAR NOT NULL,
              detalle VARCHAR NOT NULL, "timestamp" TIMESTAMP NOT NULL, extra VARCHAR, epoch UUID, partition INTEGER, "offset" BIGINT,
              appended_at TIMESTAMP, indexed_at TIMESTAMP, digest_high UBIGINT NOT NULL, digest_low UBIGINT NOT NULL)
            """;
        command.ExecuteNonQuery();
        const int commitRows = 100_000;
        for (var first = 0; first < rows; first += commitRows)
        {
            using var transaction = connection.BeginTransaction();
            using (var appender = connection.CreateAppender("transactions"))
                for (var row = first; row < Math.Min(rows, first + commitRows); row++)
                    typed[row % typed.Count].AppendTo(appender);
            transaction.Commit();
        }
    }

    sealed record TypedRow(
        Guid Id, string App, string DebtorId, decimal Amount, string Product, string DebtorAccount, string CreditorAccount, string Detail,
        DateTime Timestamp, Guid Epoch, int Partition, long Offset, ulong DigestHigh, ulong DigestLow)
    {
        public static TypedRow Of(Transaction of) => new(
            of.Id.ToGuid(), of.App.ToString(), of.DebtorId.ToString(), of.Amount.Cents / 100m, of.Product.ToString(),
            of.DebtorAccount.ToString(), of.CreditorAccount.ToString(), of.Detail.ToString(),
            DateTime.UnixEpoch.AddMicroseconds(of.Timestamp.Microseconds), of.Position.Epoch, of.Position.Partition, of.Position.Offset,
            of.Digest.High, of.Digest.Low);

        public void AppendTo(DuckDBAppender appender) => appender.CreateRow()
            .AppendValue(Id).AppendNullValue().AppendValue(App).AppendValue(DebtorId).AppendValue(Amount).AppendValue(Product)
            .AppendValue(DebtorAccount).AppendValue(CreditorAccount).AppendValue(Detail).AppendValue(Timestamp).AppendNullValue()
            .AppendValue(Epoch).AppendValue(Partition).AppendValue(Offset).AppendValue(Timestamp).AppendValue(Timestamp)
            .AppendValue(DigestHigh).AppendValue(DigestLow).EndRow();
    }
}
