using Caudal.Bench;

// Each verb prints rows of one Markdown table; bench/run puts them together with what the machine is.
var options = BenchOptions.Parse(args.Skip(1));
Func<BenchOptions, Task>? bench = args.FirstOrDefault() switch
{
    "machine" => _ => Machine.DescribeAsync(),
    "append" => AppendBench.RunAsync,
    "ingest" => IngestBench.RunAsync,
    "aggregates" => AggregateBench.RunAsync,
    "elasticsearch" => ElasticsearchBench.RunAsync,
    "door" => DoorBench.RunAsync,
    "latency" => LatencyBench.RunAsync,
    "batch" => BatchBench.RunAsync,
    "up" => UpBench.RunAsync,
    _ => null,
};
if (bench is null)
{
    Console.Error.WriteLine(
        """
        Usage: dotnet run -c Release --project bench -- BENCH [--rows N] [--present N] [--seconds N] [--rounds N] [--caudal FILE]

          machine   describes the machine, for the head of a results file
          append    the log's durable appends, beside writing and syncing the same bytes
          ingest    log to searchable, beside DuckDB.NET's appender given the same rows; with --present N so many lie in hot before,
                      and a dashboard asks its eight aggregates every 5 s
          aggregates  a dashboard's eight aggregates over 10 M rows, beside a bare scan
          elasticsearch  from Kafka, beside _bulk of bodies ready in memory; and beside the embedded hot store: indexing, eight aggregates
          door      POST /api/transactions, NDJSON of 1,000, over 8 connections
          latency   acknowledged to searchable, open loop at 20,000 tx/s
          batch     the five steps, verify, and the bytes on disk
          up        start to ready with --present rows in hot, and memory at 50,000 tx/s
        """);
    return 2;
}
await bench(options);
return 0;
