using Caudal.Transactions;

namespace Caudal.Access;

/// <summary>What is known of a token; its secret is known to its holder alone.</summary>
/// <param name="Id">The part of the token that may be shown.</param>
/// <param name="Name">The actor of what is done with it; no two tokens in force share one.</param>
/// <param name="ExpiresAt">From when on it is refused; null for never.</param>
/// <param name="LastUsedAt">To the hour, so that a request need not write; null where it was never used.</param>
public sealed record AccessToken(
    string Id, string Name, Role Role, string CreatedBy, Instant CreatedAt, Instant? ExpiresAt, Instant? RevokedAt, string? RevokedBy,
    Instant? LastUsedAt)
{
    public bool IsInForce(Instant now) => RevokedAt is null && (ExpiresAt is not { } expiry || now < expiry);
}

/// <summary>A token that was just made, with the text that is never shown again.</summary>
public sealed record NewToken(AccessToken Token, string Text);

/// <summary>A token cannot be made as it was asked for; the message says why.</summary>
public sealed class TokenException(string message) : Exception(message);
