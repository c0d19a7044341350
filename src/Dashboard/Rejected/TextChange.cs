namespace Caudal.Dashboard.Rejected;

/// <summary>What a correction changes, between what it leaves as it was.</summary>
sealed record TextChange(string Start, string Removed, string Added, string End)
{
    public static TextChange Between(string before, string after)
    {
        var (start, end) = (0, 0);
        var shorter = Math.Min(before.Length, after.Length);
        while (start < shorter && before[start] == after[start])
            start++;
        while (end < shorter - start && before[^(end + 1)] == after[^(end + 1)])
            end++;
        return new(before[..start], before[start..^end], after[start..^end], before[^end..]);
    }
}
