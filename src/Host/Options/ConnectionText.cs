using System.Data.Common;

namespace Caudal.Host.Options;

/// <summary>A connection string for people to see.</summary>
static class ConnectionText
{
    /// <summary>What is shown in place of a secret.</summary>
    public const string Hidden = "(set)";

    /// <summary>Every spelling of a password that Npgsql takes has one of these in it.</summary>
    static readonly string[] SecretNames = ["pass", "pwd", "psw"];

    /// <summary>What is no connection string is not shown at all: a password may be anywhere in it.</summary>
    public static string WithoutSecrets(string connection)
    {
        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connection };
            foreach (var name in parts.Keys.Cast<string>().Where(IsSecret).ToArray())
                parts[name] = Hidden;
            return parts.ConnectionString;
        }
        catch (ArgumentException)
        {
            return Hidden;
        }
    }

    static bool IsSecret(string name) => SecretNames.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
}
