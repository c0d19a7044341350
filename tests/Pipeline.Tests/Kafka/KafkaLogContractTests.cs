using Caudal.Log;

namespace Caudal.Tests;

/// <summary>The contract on a topic of one partition, which is in order as a whole.</summary>
public sealed class KafkaLogContractTests(KafkaServer server) : TransactionLogContract
{
    readonly string _test = $"{Guid.NewGuid():N}";

    protected override async Task<ITransactionLog> OpenAsync() => await KafkaServer.OpenAsync(
        await server.OptionsAsync(partitions: 1), groups: [Group]);

    protected override string Name(string name) => $"{name}.{_test}";
}
