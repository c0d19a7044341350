namespace Caudal.Host.Composition;

/// <summary>A web host would listen for Ctrl-C too; here the verb does, which knows what is to be drained first.</summary>
sealed class SignalsAreTheVerbs : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
