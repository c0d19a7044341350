using System.Runtime.InteropServices;
using Caudal.Log;

namespace Caudal.Ingesting;

/// <summary>The rejections of one code and field.</summary>
/// <param name="First">Where the first few of them stand.</param>
public sealed record RejectionGroup(string Code, string? Field, long Count, IReadOnlyList<Position> First);

/// <summary>Counts rejections by code and field.</summary>
sealed class RejectionGroups
{
    const int FirstMax = 5;

    readonly Dictionary<(string Code, string? Field), (long Count, List<Position> First)> _groups = [];

    public void Add(string code, string? field, Position position)
    {
        ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, (code, field), out _);
        group.Count++;
        group.First ??= [];
        if (group.First.Count < FirstMax)
            group.First.Add(position);
    }

    /// <summary>The most frequent first.</summary>
    public IReadOnlyList<RejectionGroup> ToList() =>
    [
        .. _groups.Select(entry => new RejectionGroup(entry.Key.Code, entry.Key.Field, entry.Value.Count, entry.Value.First))
            .OrderByDescending(group => group.Count).ThenBy(group => group.First[0]),
    ];
}
