using Caudal.History;
using Caudal.Transactions;

namespace Caudal.Access;

/// <summary>A row of <c>access_tokens</c>, in types that every engine's driver reads and writes alike.</summary>
sealed record TokenRow
{
    public const string Select = """
        SELECT id, name, role, hash, created_by AS CreatedBy, created_at AS CreatedAt, expires_at AS ExpiresAt, revoked_at AS RevokedAt,
          revoked_by AS RevokedBy, last_used_at AS LastUsedAt
        FROM access_tokens ORDER BY created_at, id
        """;

    public const string Insert = """
        INSERT INTO access_tokens (id, name, role, hash, created_by, created_at, expires_at)
        VALUES (@Id, @Name, @Role, @Hash, @CreatedBy, @CreatedAt, @ExpiresAt)
        """;

    // The first to revoke it stays its revoker.
    public const string Revoke =
        "UPDATE access_tokens SET revoked_at = @revokedAt, revoked_by = @revokedBy WHERE id = @id AND revoked_at IS NULL";

    public const string NoteUse = "UPDATE access_tokens SET last_used_at = @usedAt WHERE id = @id";

    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public required string Hash { get; init; }

    public required string CreatedBy { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? ExpiresAt { get; init; }
    public DateTime? RevokedAt { get; init; }
    public string? RevokedBy { get; init; }
    public DateTime? LastUsedAt { get; init; }

    public static TokenRow Of(AccessToken token, byte[] hash) => new()
    {
        Id = token.Id,
        Name = token.Name,
        Role = token.Role.ToString(),
        Hash = Convert.ToHexStringLower(hash),
        CreatedBy = token.CreatedBy,
        CreatedAt = JournalTime.Of(token.CreatedAt),
        ExpiresAt = JournalTime.Of(token.ExpiresAt),
    };

    public AccessToken ToToken() => new(
        Id, Name, Enum.Parse<Role>(Role), CreatedBy, JournalTime.ToInstant(CreatedAt), JournalTime.ToInstant(ExpiresAt),
        JournalTime.ToInstant(RevokedAt), RevokedBy, JournalTime.ToInstant(LastUsedAt));
}
