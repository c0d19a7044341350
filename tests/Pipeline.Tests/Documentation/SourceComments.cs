using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Caudal.Tests.Documentation;

/// <summary>The summaries of the product's types and members, as its sources have them: what the reference says comes from there.</summary>
static partial class SourceComments
{
    static readonly IReadOnlyList<SyntaxNode> Files =
    [
        .. from file in Directory.EnumerateFiles(Path.Combine(TidyTests.Root, "src"), "*.cs", SearchOption.AllDirectories)
           where !file.Split('/').Contains("obj")
           select CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot(),
    ];

    /// <summary>The summary in Markdown, on one line; empty where there is none.</summary>
    public static string Of(Type type) => Summary(Declaration(type));

    /// <inheritdoc cref="Of(Type)"/>
    public static string Of(Type type, string member) => Summary(Declaration(type).Members.Single(one => one switch
    {
        PropertyDeclarationSyntax property => property.Identifier.Text == member,
        FieldDeclarationSyntax field => field.Declaration.Variables.Any(variable => variable.Identifier.Text == member),
        _ => false,
    }));

    static TypeDeclarationSyntax Declaration(Type type) => Files
        .SelectMany(file => file.DescendantNodes().OfType<TypeDeclarationSyntax>())
        .First(declaration => declaration.Identifier.Text == type.Name);

    static string Summary(SyntaxNode declaration)
    {
        var lines = declaration.GetLeadingTrivia().ToFullString().Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("///", StringComparison.Ordinal)).Select(line => line[3..]);
        var summary = XElement.Parse($"<comment>{string.Join('\n', lines)}</comment>").Element("summary");
        return Space().Replace(string.Concat(summary?.Nodes().Select(Markdown) ?? []), " ").Trim();
    }

    static string Markdown(XNode node) => node switch
    {
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when element.Attribute("cref") is { } cref => $"`{cref.Value}`",
        XElement element when element.Attribute("langword") is { } word => word.Value,
        XElement element => element.Value,
        XText text => text.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
