namespace Caudal.Engines.Elasticsearch;

/// <summary>The nodes' addresses, and whose turn it is. A node that failed is passed over for a while, unless all have.</summary>
sealed class ClusterNodes(IReadOnlyList<Uri> addresses, TimeProvider time)
{
    static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    readonly long[] _restsUntil = new long[addresses.Count];
    int _turn = -1;

    public static ClusterNodes Parse(string addresses, TimeProvider time) => new(
        [.. addresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Address)], time);

    public int Count => addresses.Count;

    /// <summary>Every node once, the one whose turn it is first; those that rest come last.</summary>
    public IReadOnlyList<int> Round()
    {
        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)Count);
        var now = time.GetTimestamp();
        return [.. Enumerable.Range(0, Count).Select(index => (first + index) % Count)
            .OrderBy(node => Volatile.Read(ref _restsUntil[node]) > now)];
    }

    public Uri this[int node] => addresses[node];

    public void Failed(int node) =>
        Volatile.Write(ref _restsUntil[node], time.GetTimestamp() + (long)Rest.TotalSeconds * time.TimestampFrequency);

    public void Answered(int node) => Volatile.Write(ref _restsUntil[node], 0);

    public override string ToString() => string.Join(", ", addresses.Select(address => address.GetLeftPart(UriPartial.Path).TrimEnd('/')));

    /// <summary>With the slash that lets a path follow, and without a user in it, who has settings of their own.</summary>
    static Uri Address(string text) => new(text.EndsWith('/') ? text : text + "/");
}
