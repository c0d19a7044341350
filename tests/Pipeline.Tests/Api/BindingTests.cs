using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caudal.Access;
using Caudal.Host;
using Caudal.Host.Options;

namespace Caudal.Tests.Api;

/// <summary>Where the port listens, and what that takes.</summary>
public sealed class BindingTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_a_certificate_the_port_speaks_tls()
    {
        using var certificate = WriteCertificate();
        await using var host = new ApiHost { Http = Certified };
        await host.InitializeAsync();
        host.Server.Address!.ShouldStartWith("https://");
        var token = (await host.CreateAsync(Role.Viewer)).Text;
        using var http = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown!.Thumbprint == certificate.Thumbprint,
        })
        {
            BaseAddress = new(host.Server.Address!), DefaultRequestHeaders = { Authorization = new("Bearer", token) },
        };

        (await http.GetAsync("/api/status", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_address_than_loopback_is_not_opened_where_nobody_could_call_it()
    {
        using var certificate = WriteCertificate();
        var host = new ApiHost { Http = Certified with { Address = "192.0.2.1" } };

        (await Should.ThrowAsync<VerbException>(async () => await host.InitializeAsync())).Message.ShouldContain("caudal token create");
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_told_by_its_setting()
    {
        await File.WriteAllTextAsync(_folder.File("certificate.pem"), "no PEM", Cancellation);
        var host = new ApiHost { Http = Certified };

        (await Should.ThrowAsync<UsageException>(async () => await host.InitializeAsync())).Message.ShouldContain("Http:CertificateFile");
    }

    public void Dispose() => _folder.Dispose();

    HttpSettings Certified => new() { CertificateFile = _folder.File("certificate.pem"), CertificateKeyFile = _folder.File("key.pem") };

    X509Certificate2 WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(_folder.File("certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(_folder.File("key.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
