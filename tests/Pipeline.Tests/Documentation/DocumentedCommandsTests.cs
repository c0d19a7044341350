using System.IO.Compression;
using System.Text;
using ZstdSharp;

namespace Caudal.Tests.Documentation;

/// <summary>Every command that the README and the guide print works as printed, one after the other, in a fresh folder.</summary>
public sealed class DocumentedCommandsTests : IDisposable
{
    const string Csv = """
        Monto,Concepto,Canal,id_ordenante,producto,cuenta_ordenante,cuenta_beneficiario,Fecha,Hora,timestamp,Cuotas,Saldo
        12.50,Almuerzo,web,1,Ahorros,2,3,13/09/2025,13:05:00,2025-09-13T13:05:00Z,3,100

        """;

    const string Message = """
        {"app": "DeUna", "id_ordenante": "1", "valor": 1, "producto": "Ahorros", "cuenta_ordenante": "2", "cuenta_beneficiario": "3",
        """ + """ "detalle": "Almuerzo", "timestamp": "2025-09-13T05:12:15Z"}""" + "\n";

    readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Pages =>
    [
        "README.md", "README.es.md",
        .. Directory.EnumerateFiles(Path.Combine(TidyTests.Root, "docs/guide"), "*.md")
            .Where(file => PageScript.Blocks(File.ReadAllText(file)).Any())
            .Select(file => Path.GetRelativePath(TidyTests.Root, file)).Order(),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_command_of_the_page_works(string page)
    {
        LayOut();
        var port = RunningCaudal.FreePort();
        var script = PageScript.Of(File.ReadAllText(Path.Combine(TidyTests.Root, page)), port);
        File.WriteAllText(_folder.File("page.sh"), $"""
            cd '{_folder.Path}'
            export PATH="$PWD/bin:{AppContext.BaseDirectory}:$PATH" CAUDAL_Http__Port={port}
            {script}
            """);

        await using var shell = ChildProcess.Start("bash", _folder.File("page.sh"));
        var said = await shell.ReadToEndAsync(TestContext.Current.CancellationToken);

        (await shell.WaitForExitAsync(TestContext.Current.CancellationToken)).ShouldBe(
            0, $"{page}, at the last command here:\n{string.Join('\n', said)}\n{shell.Errors}");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The files that the pages speak of as the reader's own.</summary>
    void LayOut()
    {
        Directory.CreateSymbolicLink(_folder.File("docs"), Path.Combine(TidyTests.Root, "docs"));
        Directory.CreateDirectory(_folder.File("bin"));
        File.WriteAllText(_folder.File("bin/producer"), "#!/bin/sh\ncat payments.ndjson\n");
        File.SetUnixFileMode(_folder.File("bin/producer"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(_folder.File("payments.ndjson"), Message);
        File.WriteAllText(_folder.File("mended.json"), Message);
        File.WriteAllText(_folder.File("payments.csv"), Csv.Replace("Monto,Concepto,Canal", "amount,text,app", StringComparison.Ordinal));
        File.WriteAllText(_folder.File("january.csv"), Csv);
        File.WriteAllText(_folder.File("bank.json"), """{ "valor": "Monto", "detalle": "Concepto", "app": "Canal" }""");
        using (var gzip = new GZipStream(File.Create(_folder.File("january.csv.gz")), CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(Csv));
        using (var zstd = new CompressionStream(File.Create(_folder.File("february.csv.zst")), leaveOpen: false))
            zstd.Write(Encoding.UTF8.GetBytes(Csv.Replace("12.50", "13.50", StringComparison.Ordinal)));
        using (var gzip = new GZipStream(File.Create(_folder.File("paysim.csv.gz")), CompressionLevel.Fastest))
            gzip.Write("step,type,amount,nameOrig,nameDest,isFraud\n1,PAYMENT,9839.64,C1,M1,0\n"u8);
    }
}
