using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using Caudal.Transactions;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Remembers ids in five to thirteen bytes each, as 32-bit fingerprints in one open-addressed table. It may take an id for one that it
/// has seen (about once in a billion), never the other way about: what it does not know, the store does not hold.
/// </summary>
sealed class IdFilter
{
    const int CapacityMin = 1 << 16;

    readonly uint[] _fingerprints;
    readonly int _shift;

    /// <param name="expected">So many ids fit, and at least a quarter more; ask <see cref="HasRoomFor"/> before adding others.</param>
    public IdFilter(long expected)
    {
        var capacity = (int)Math.Clamp(BitOperations.RoundUpToPowerOf2((ulong)expected * 5 / 3), CapacityMin, 1 << 30);
        _fingerprints = new uint[capacity];
        _shift = 64 - BitOperations.Log2((uint)capacity);
    }

    public long Count { get; private set; }

    public bool HasRoomFor(int more) => Count + more <= _fingerprints.Length / 4L * 3;

    /// <summary>False where the id was, most likely, added before.</summary>
    public bool Add(TransactionId id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, id.Value);
        var hash = XxHash3.HashToUInt64(bytes);
        var fingerprint = Math.Max(1, (uint)hash);
        for (var slot = (int)(hash >> _shift); ; slot = (slot + 1) & (_fingerprints.Length - 1))
        {
            ref var found = ref _fingerprints[slot];
            if (found == fingerprint)
                return false;
            if (found != 0)
                continue;
            found = fingerprint;
            Count++;
            return true;
        }
    }
}
