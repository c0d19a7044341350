using Caudal.Dashboard.Api;
using Caudal.Transactions;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Logging;

namespace Caudal.Dashboard.Shell;

/// <summary>Looks now and then whether the token behind an open page is still in force: a page may stay open for days.</summary>
sealed class SessionState(RunningPipeline pipeline, ILoggerFactory loggers) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(10);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        Caller.Of(authenticationState.User) is { } caller
        && (await pipeline.Tokens.ListAsync(cancellationToken)).Any(token =>
            token.Id == caller.TokenId && token.IsInForce(Instant.Now(pipeline.Time)));
}
