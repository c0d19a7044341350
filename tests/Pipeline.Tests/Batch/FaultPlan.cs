using System.Runtime.CompilerServices;

namespace Caudal.Tests.Batch;

enum FaultKind
{
    /// <summary>The process dies before the call does anything: it and all later calls fail.</summary>
    KilledBefore,

    /// <summary>The process dies when the call has done its work: nobody hears of it, and all later calls fail.</summary>
    KilledAfter,

    /// <summary>The call fails without doing anything, and life goes on.</summary>
    Refused,

    /// <summary>The call does its work, but the caller hears a failure, and life goes on.</summary>
    ReplyLost,
}

sealed class InjectedFaultException(string what) : IOException(what);

/// <summary>Counts the calls that go through the ports and lets one of them fail. Reading a stream counts once for each batch.</summary>
sealed class FaultPlan
{
    FaultKind _kind;
    int _failing = -1;
    string? _failingName;
    int _calls;
    volatile bool _dead;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The name of the call that was made to fail, or null where it did not come to that.</summary>
    public string? Failed { get; private set; }

    /// <summary>Counts from nought again, and fails call number <paramref name="call"/> (from 0).</summary>
    public void Arm(FaultKind kind, int call) => (_kind, _failing, _calls, _dead, Failed) = (kind, call, 0, false, null);

    /// <summary>Fails the next call of that name.</summary>
    public void Arm(FaultKind kind, string name)
    {
        Arm(kind, call: -1);
        _failingName = name;
    }

    public void Disarm() => (_failing, _failingName, _calls, _dead) = (-1, null, 0, false);

    public async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, [CallerMemberName] string name = "")
    {
        var mine = Enter(name);
        var result = await call();
        Leave(mine, name);
        return result;
    }

    public async ValueTask CallAsync(Func<ValueTask> call, [CallerMemberName] string name = "") =>
        await CallAsync(
            async () =>
            {
                await call();
                return true;
            }, name);

    public async IAsyncEnumerable<T> StreamAsync<T>(
        IAsyncEnumerable<T> source, [EnumeratorCancellation] CancellationToken cancellation, [CallerMemberName] string name = "")
    {
        await using var items = source.GetAsyncEnumerator(cancellation);
        while (await CallAsync(items.MoveNextAsync, name))
            yield return items.Current;
    }

    /// <summary>For what cannot fail after the fact, as asking for the journal: it counts where calls fail before they begin.</summary>
    public void Touch(string name)
    {
        if (_dead || _kind is FaultKind.KilledBefore or FaultKind.Refused)
            Enter(name);
    }

    int Enter(string name)
    {
        var mine = Interlocked.Increment(ref _calls) - 1;
        if (_dead)
            throw new InjectedFaultException($"The process was killed before it could call {name}.");
        if ((_kind is FaultKind.KilledBefore or FaultKind.Refused) && IsFailing(mine, name))
            Fail(name);
        return mine;
    }

    void Leave(int mine, string name)
    {
        if (_dead)
            throw new InjectedFaultException($"The process was killed during {name}.");
        if (IsFailing(mine, name))
            Fail(name);
    }

    bool IsFailing(int mine, string name) => mine == _failing || name == _failingName;

    void Fail(string name)
    {
        _failingName = null;
        Failed = name;
        _dead = _kind is FaultKind.KilledBefore or FaultKind.KilledAfter;
        throw new InjectedFaultException($"{_kind} at {name}.");
    }
}
