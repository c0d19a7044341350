using Microsoft.AspNetCore.Components.Routing;

namespace Caudal.Dashboard.Shell;

/// <summary>An entry of the navigation.</summary>
/// <param name="Icon">A path in a field of 24 by 24.</param>
sealed record NavigationEntry(string Address, Func<ShellTexts, string> Name, string Icon)
{
    /// <summary>The overview's address is the beginning of all others.</summary>
    public NavLinkMatch Match => Address == "/" ? NavLinkMatch.All : NavLinkMatch.Prefix;
}

/// <summary>What the navigation leads to, in its order: pages that are there.</summary>
static class Navigating
{
    public static readonly IReadOnlyList<NavigationEntry> Pages =
    [
        new("/", texts => texts.Overview, "M4 13h6V4H4v9Zm0 7h6v-5H4v5Zm10 0h6v-9h-6v9Zm0-16v5h6V4h-6Z"),
        new("/discover", texts => texts.Discover,
            "M10 4a6 6 0 1 0 3.700 10.700l5.300 5.300 1.400-1.400-5.300-5.300A6 6 0 0 0 10 4Zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z"),
    ];
}
