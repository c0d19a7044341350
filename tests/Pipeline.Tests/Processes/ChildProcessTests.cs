namespace Caudal.Tests;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task A_child_is_a_process_of_its_own_that_can_be_talked_to_and_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var child = ChildProcess.StartChild("echo", "hello", "there");

        child.Id.ShouldNotBe(Environment.ProcessId);
        (await child.ReadUntilAsync("th", cancellation)).ShouldBe("there");
        await child.Input.WriteLineAsync("Banca Móvil");
        await child.Input.FlushAsync(cancellation);
        (await child.ReadLineAsync(cancellation)).ShouldBe("Banca Móvil");

        await child.KillAsync();

        (await child.WaitForExitAsync(cancellation)).ShouldBe(128 + 9);
        (await child.ReadLineAsync(cancellation)).ShouldBeNull();
    }
}
