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
        new("/transaction", texts => texts.Transaction,
            "M6 3a3 3 0 0 0-1 5.800V15.200A3 3 0 1 0 7 15.200V13h8.200a3 3 0 1 0 0-2H7V8.800A3 3 0 0 0 6 3Z"),
        new("/reconciliation", texts => texts.Reconciliation,
            "M11 3h2v2h6l3 8a3.500 3.500 0 0 1-7 0l2.200-6H13v12h4v2H7v-2h4V7H6.800L9 13a3.500 3.500 0 0 1-7 0l3-8h6V3Z"),
        new("/batch", texts => texts.Batch,
            "M4 4h5v5H4V4Zm6 0h5v5h-5V4Zm6 0h4v5h-4V4ZM4 10h5v5H4v-5Zm6 0h5v5h-5v-5Zm6 0h4v5h-4v-5ZM4 16h5v4H4v-4Zm6 0h5v4h-5v-4Z"),
        new("/rejections", texts => texts.Rejections,
            "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm0 2c1.800 0 3.500.600 4.900 1.700L5.700 16.900A8 8 0 0 1 12 4Zm0 "
                + "16c-1.800 0-3.500-.600-4.900-1.700L18.300 7.100A8 8 0 0 1 12 20Z"),
        new("/health", texts => texts.Health, "M3 11h4l2-6 4 14 3-8h5v2h-3.600L13 23 9 9l-.600 4H3v-2Z"),
    ];
}
