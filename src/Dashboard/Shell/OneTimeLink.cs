using System.Security.Cryptography;
using System.Text;

namespace Caudal.Dashboard.Shell;

/// <summary>
/// What <c>up</c> prints for the person at its terminal, who owns the data: a secret that opens one session, once, and soon. It stands
/// behind the address's <c>#</c>, which browsers do not send, so that no log and no history holds it.
/// </summary>
public sealed class OneTimeLink(TimeProvider time)
{
    const int SecretBytes = 32;

    static readonly TimeSpan Lasts = TimeSpan.FromHours(1);

    byte[]? _hash;
    DateTimeOffset _end;

    /// <summary>Makes a new secret; one made before is void.</summary>
    public string Make()
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        _end = time.GetUtcNow() + Lasts;
        Volatile.Write(ref _hash, Hash(secret));
        return secret;
    }

    /// <summary>True for the first who brings the secret in time, which then is void.</summary>
    public bool TryUse(string secret)
    {
        var known = Volatile.Read(ref _hash);
        return known is not null && time.GetUtcNow() < _end && CryptographicOperations.FixedTimeEquals(known, Hash(secret))
            && Interlocked.CompareExchange(ref _hash, null, known) == known;
    }

    static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
