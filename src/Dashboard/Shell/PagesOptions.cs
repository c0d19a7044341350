namespace Caudal.Dashboard.Shell;

/// <summary>How the pages show things.</summary>
public sealed record PagesOptions
{
    /// <summary>The currency of all amounts, by its ISO 4217 name.</summary>
    public string Currency { get; init; } = "USD";
}
