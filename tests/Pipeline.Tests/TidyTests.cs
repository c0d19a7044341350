using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Caudal.Tests;

/// <summary>Keeps the house as CONTRIBUTING.md describes it: a rule that nothing enforces does not last.</summary>
public sealed partial class TidyTests
{
    const int FileLinesMax = 300;
    const int MethodLinesMax = 70;
    const int LineLengthMax = 140;

    internal static readonly string Root = FindRoot();
    static readonly IReadOnlyList<Source> Sources = [.. Folders("src", "tests", "bench").SelectMany(ReadSources)];

    [Fact]
    public void Files_are_short() =>
        Offenders(Sources, source => source.Lines.Length > FileLinesMax ? [$"{source.Lines.Length} lines"] : []).ShouldBeEmpty();

    [Fact]
    public void Lines_are_short() =>
        Offenders(Sources, source => source.Lines
            .Select((line, index) => (line, number: index + 1))
            .Where(entry => entry.line.Length > LineLengthMax)
            .Select(entry => $"line {entry.number} has {entry.line.Length} characters")).ShouldBeEmpty();

    [Fact]
    public void Methods_are_short() =>
        Offenders(Sources, source => source.Tree.GetRoot().DescendantNodes()
            .Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax)
            .Select(node => (node, lines: LinesOf(node)))
            .Where(entry => entry.lines > MethodLinesMax)
            .Select(entry => $"a method of {entry.lines} lines at line {StartOf(entry.node)}")).ShouldBeEmpty();

    [Fact]
    public void There_are_no_regions() =>
        Offenders(Sources, source => source.Lines.Any(line => line.TrimStart().StartsWith("#region", StringComparison.Ordinal))
            ? ["#region"]
            : []).ShouldBeEmpty();

    /// <summary>Time and chance are parameters (<see cref="TimeProvider"/>, a seed): correctness never depends on the wall clock.</summary>
    [Fact]
    public void Product_code_takes_time_and_chance_as_parameters() =>
        Offenders(Product, source => source.Matches(WallClockOrChance())).ShouldBeEmpty();

    [Fact]
    public void Product_code_leaves_no_work_undone() =>
        Offenders(Product, source => source.Matches(Undone())).ShouldBeEmpty();

    [Fact]
    public void Only_the_three_ports_are_interfaces() =>
        Product.SelectMany(source => source.Tree.GetRoot().DescendantNodes().OfType<InterfaceDeclarationSyntax>())
            .Select(declaration => declaration.Identifier.Text)
            .ShouldBe(["IHistoryStore", "IHotStore", "ITransactionLog"], ignoreOrder: true);

    [Fact]
    public void Classes_are_sealed_static_or_abstract() =>
        Offenders(Product, source => source.Tree.GetRoot().DescendantNodes()
            .OfType<TypeDeclarationSyntax>()
            .Where(type => type.IsKind(SyntaxKind.ClassDeclaration) || type.IsKind(SyntaxKind.RecordDeclaration))
            .Where(type => !type.Modifiers.Any(SyntaxKind.SealedKeyword)
                && !type.Modifiers.Any(SyntaxKind.StaticKeyword)
                && !type.Modifiers.Any(SyntaxKind.AbstractKeyword)
                && !type.Modifiers.Any(SyntaxKind.PartialKeyword))
            .Select(type => type.Identifier.Text)).ShouldBeEmpty();

    [Fact]
    public void Pipeline_and_dashboard_know_no_engine()
    {
        var engines = new Regex("Sqlite|DuckDB|Kafka|Npgsql|Elastic", RegexOptions.IgnoreCase);
        foreach (var project in new[] { "src/Pipeline/Pipeline.csproj", "src/Dashboard/Dashboard.csproj" })
            engines.Match(File.ReadAllText(Path.Combine(Root, project))).Value.ShouldBeEmpty(project);
    }

    [Fact]
    public void Folders_are_features() =>
        Directory.EnumerateDirectories(Path.Combine(Root, "src"), "*", SearchOption.AllDirectories)
            .Select(Path.GetFileName)
            .Intersect(["Services", "Helpers", "Models", "Interfaces", "Utils", "Common", "Managers"])
            .ShouldBeEmpty();

    [Fact]
    public void Log_events_have_ids_of_their_own() =>
        Product.SelectMany(source => source.Matches(LogEventId())).GroupBy(id => id).Where(ids => ids.Count() > 1)
            .Select(ids => ids.Key).ShouldBeEmpty();

    /// <summary>Events are found by their ids, in every version.</summary>
    [Fact]
    public void Log_events_say_their_ids() => Offenders(Product, source => source.Matches(LogEventWithoutId())).ShouldBeEmpty();

    static IEnumerable<Source> Product => Sources.Where(source => source.Path.StartsWith("src/", StringComparison.Ordinal));

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b|\bRandom\.Shared\b|\bnew Random\(\)|\bStopwatch\.StartNew\b")]
    private static partial Regex WallClockOrChance();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Undone();

    [GeneratedRegex(@"(?<=LoggerMessage\(\s*(EventId = )?)\d+")]
    private static partial Regex LogEventId();

    [GeneratedRegex(@"LoggerMessage\(\s*(?!EventId|\d)\w")]
    private static partial Regex LogEventWithoutId();

    static IEnumerable<string> Offenders(IEnumerable<Source> sources, Func<Source, IEnumerable<string>> faults) =>
        sources.SelectMany(source => faults(source).Select(fault => $"{source.Path}: {fault}"));

    static int LinesOf(SyntaxNode node)
    {
        var span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    static int StartOf(SyntaxNode node) => node.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1;

    static IEnumerable<string> Folders(params string[] names) =>
        names.Select(name => Path.Combine(Root, name)).Where(Directory.Exists);

    static IEnumerable<Source> ReadSources(string folder) =>
        from file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file)
        where !path.Split('/').Any(part => part is "bin" or "obj")
        select new Source(path, File.ReadAllText(file));

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Caudal.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Caudal.slnx is in no folder above the tests.");
        return folder;
    }

    sealed record Source(string Path, string Text)
    {
        public string[] Lines { get; } = Text.Split('\n');

        public SyntaxTree Tree => field ??= CSharpSyntaxTree.ParseText(Text);

        public IEnumerable<string> Matches(Regex pattern) => pattern.Matches(Text).Select(match => match.Value);
    }
}
