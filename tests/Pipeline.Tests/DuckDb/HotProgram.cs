using Caudal.Engines.DuckDb;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>
/// A process that fills a hot store with <see cref="Some"/> transactions from where it stands, in batches of changing size, until it
/// is killed: every fifth message is a duplicate of the one before. It says where it opened and what it was told is committed.
/// </summary>
static class HotProgram
{
    static readonly int[] Sizes = [1, 1, 40, 1, 3_000, 1, 20_000];

    /// <param name="arguments">The file, and how many batches to index at most.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var hot = Make(arguments[0]);
        var state = await hot.OpenAsync(Watermark.Zero, CancellationToken.None);
        var next = state.Next[Some.Partition];
        await Console.Out.WriteLineAsync($"opened {next} {state.RebuiltFrom}");
        for (var batch = 0; batch < int.Parse(arguments[1], null); batch++)
        {
            var size = Sizes[batch % Sizes.Length];
            await hot.IndexAsync(
                new([.. Enumerable.Range((int)next, size).Select(Message)], Watermark.Of(Some.Partition, next + size), size, 0),
                (_, _) => default, CancellationToken.None);
            next += size;
            await Console.Out.WriteLineAsync($"committed {next}");
        }
        await Console.Out.WriteLineAsync("done");
        await Console.In.ReadLineAsync();
        return 0;
    }

    public static DuckDbHotStore Make(string path) => new(path, new(), TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);

    /// <summary>What stands at an offset.</summary>
    public static Transaction Message(int offset) => offset % 5 == 4
        ? Some.Transaction(offset - 1, some => some with { Position = Some.Position(offset) })
        : Some.Transaction(offset);

    /// <summary>What a store must hold that stands at <paramref name="next"/>.</summary>
    public static RangeFigures FiguresUpTo(long next)
    {
        var messages = Enumerable.Range(0, (int)next).Select(Message).ToLookup(message => message.Position.Offset % 5 == 4);
        return new(Figures.Of(messages[false]), Figures.Of(messages[true]));
    }
}
