using Caudal.Engines.Sqlite;
using Caudal.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

public sealed class SqliteLogContractTests : RestorableLogContract
{
    readonly TemporaryFolder _folder = new();

    protected override async Task<ITransactionLog> OpenAsync() => await SqliteLog.OpenAsync(
        new() { Path = _folder.File("log.db") }, TimeProvider.System, NullLogger<SqliteLog>.Instance, Cancellation);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
