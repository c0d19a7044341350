using Caudal.Engines.DuckDb;
using Caudal.Hot;
using Caudal.Tests.Contracts;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

public sealed class DuckDbHotStoreContractTests : HotStoreReadingContract
{
    readonly TemporaryFolder _folder = new();

    string FilePath => _folder.File("hot.duckdb");

    protected override IHotStore Make() => new DuckDbHotStore(FilePath, new(), TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);

    protected override async Task TamperAsync(Tampering tampering)
    {
        await Hot.DisposeAsync();
        using (var connection = new DuckDBConnection($"Data Source={FilePath}"))
        {
            connection.Open();
            connection.Execute(tampering switch
            {
                Tampering.AlterOneCentAtOffset1 => "UPDATE transactions SET valor = valor + 0.01 WHERE \"offset\" = 1",
                Tampering.AlterTheDetailAtOffset1 => "UPDATE transactions SET detalle = detalle || '.' WHERE \"offset\" = 1",
                Tampering.LoseTheRowAtOffset1 => "DELETE FROM transactions WHERE \"offset\" = 1",
                Tampering.AddARowBesideOffset1 => "INSERT INTO transactions SELECT * FROM transactions WHERE \"offset\" = 1",
                Tampering.AlterTheDuplicateAtOffset5 => "UPDATE duplicates SET valor = valor + 0.01 WHERE \"offset\" = 5",
                Tampering.LoseTheDuplicateAtOffset5 => "DELETE FROM duplicates WHERE \"offset\" = 5",
                _ => throw new ArgumentOutOfRangeException(nameof(tampering)),
            });
        }
        await Hot.OpenAsync(Log.Watermark.Zero, Cancellation);
    }

    protected override Task RestartEmptyAsync()
    {
        File.Delete(FilePath);
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class DuckDbQueryTests() : QueryContract(new DuckDbHistory()), IDisposable
{
    readonly TemporaryFolder _folder = new();

    protected override IHotStore MakeHot() =>
        new DuckDbHotStore(_folder.File("hot.duckdb"), new(), TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);

    public void Dispose() => _folder.Dispose();
}
