using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace Caudal.Tests;

/// <summary>A cluster in a folder of its own, of the version that Debian's package has installed.</summary>
sealed class PostgresCluster
{
    const string User = "caudal";

    /// <summary>PostgreSQL refuses to run as root; the package has made this account for it.</summary>
    const string Account = "postgres";

    const string Password = "s3cr3t; \"yes\"";

    static readonly DateTimeOffset Made = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    /// <summary>Debian keeps one folder a version.</summary>
    public static readonly string? Programs = new[] { "/usr/lib/postgresql" }.Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories).Select(version => Path.Combine(version, "bin"))
        .Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault();

    readonly string _home;
    readonly int _port = RealEngine.FreePorts(1, apart: 0);

    PostgresCluster(string home) => _home = home;

    static bool IsRoot => Environment.UserName == "root";

    string Data => Path.Combine(_home, "data");

    /// <summary>The authority that signed the server's certificate.</summary>
    public static string AuthorityFile(string home) => Path.Combine(home, "ca.pem");

    public string Connection => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1", Port = _port, Database = "postgres", Username = User, Password = Password, SslMode = SslMode.Disable,
    }.ConnectionString;

    /// <summary>Makes one and starts it: TLS as <c>localhost</c>, passwords by SCRAM.</summary>
    public static async Task<PostgresCluster> MakeAsync(string home)
    {
        var cluster = new PostgresCluster(home);
        await File.WriteAllTextAsync(Path.Combine(home, "password"), Password);
        WriteCertificates(home);
        if (IsRoot)
            await RealEngine.RunAsync("chown", "-R", Account, home);
        await RunProgramAsync(
            "initdb", "--pgdata", cluster.Data, "--username", User, "--pwfile", Path.Combine(home, "password"),
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync");
        // What is killed here is processes, not the machine: its page cache is as good as its disk.
        await File.AppendAllLinesAsync(Path.Combine(cluster.Data, "postgresql.conf"),
        [
            "listen_addresses = '127.0.0.1'", $"port = {cluster._port.ToString(CultureInfo.InvariantCulture)}",
            $"unix_socket_directories = '{home}'", "fsync = off", "shared_buffers = 64MB", "max_connections = 300",
            "ssl = on", $"ssl_cert_file = '{home}/server.pem'", $"ssl_key_file = '{home}/server.key'",
        ]);
        RealEngine.EndWithThisProcess(home, Stopping(home));
        await cluster.StartAsync();
        return cluster;
    }

    public Task StartAsync() => RunProgramAsync("pg_ctl", "start", "--wait", "--pgdata", Data, "--log", Path.Combine(_home, "log"));

    /// <summary>Starts it as a replica that waits for what a primary will have written: it can only be read.</summary>
    public async Task StartAsReplicaAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Data, "standby.signal"), "");
        await StartAsync();
    }

    public Task StopAsync() => StopAsync(_home);

    public static Task StopAsync(string home) => RunAsync(Stopping(home));

    /// <summary>SIGKILL of one of its processes; the server then ends all the others and recovers from its log.</summary>
    public static Task KillAsync(int backend) => RunProgramAsync("pg_ctl", "kill", "KILL", $"{backend}");

    static string[] Stopping(string home) =>
        Program("pg_ctl", "stop", "--wait", "--pgdata", Path.Combine(home, "data"), "--mode", "immediate");

    static string[] Program(string program, params string[] arguments) =>
        [.. IsRoot ? ["runuser", "-u", Account, "--"] : Array.Empty<string>(), Path.Combine(Programs!, program), .. arguments];

    static Task RunProgramAsync(string program, params string[] arguments) => RunAsync(Program(program, arguments));

    static Task RunAsync(string[] command) => RealEngine.RunAsync(command[0], command[1..]);

    static void WriteCertificates(string home)
    {
        using var authorityKey = RSA.Create(2048);
        var authority = new CertificateRequest("CN=tests", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signer = authority.CreateSelfSigned(Made, Made.AddYears(50));

        using var key = RSA.Create(2048);
        var server = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using var signed = server.Create(signer, Made, Made.AddYears(50), [1, 2, 3]);

        File.WriteAllText(AuthorityFile(home), signer.ExportCertificatePem());
        File.WriteAllText(Path.Combine(home, "server.pem"), signed.ExportCertificatePem());
        File.WriteAllText(Path.Combine(home, "server.key"), key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(Path.Combine(home, "server.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
