using System.Data.Common;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Tests;

public sealed class StoreFaultTests
{
    public static TheoryData<Exception, bool> Faults => new()
    {
        { new IOException("No space left on device"), true },
        { new LogUnavailableException("busy", outcomeUnknown: true), true },
        { new DatabaseFault(), true },
        { new TimeoutException(), true },
        { new HttpRequestException(), true },
        { new TaskCanceledException("a client's own time-out"), true },
        { new LogTruncatedException("ends before"), false },
        { new ReconciliationException("differs"), false },
        { new InvalidDataException("newer version"), false },
        { new InvalidOperationException(), false },
        { new ArgumentException("a bug"), false },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Faults_that_pass_by_themselves_are_told_from_those_that_need_a_person(Exception fault, bool transient) =>
        StoreFault.IsTransient(fault).ShouldBe(transient);

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 200)]
    [InlineData(6, 6_400)]
    [InlineData(7, 10_000)]
    [InlineData(1_000_000, 10_000)]
    public void Pauses_double_up_to_ten_seconds(int attempt, int milliseconds) =>
        StoreFault.PauseBefore(attempt).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    sealed class DatabaseFault() : DbException("database is locked");
}
