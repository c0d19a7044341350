using System.Runtime.InteropServices;

namespace Caudal.Importing;

/// <summary>
/// How many rows that follow one another have the same value in a column. Counted while a file is read the first time, so that when it is
/// read again it is known of each row which of how many it is.
/// </summary>
sealed class ValueRuns
{
    const int RunsMax = 1_000_000;

    readonly List<int> _lengths = [];
    byte[] _value = [];
    int _run;
    int _row;

    /// <exception cref="MalformedFileException">The value changes too often to keep count.</exception>
    public void Count(ReadOnlySpan<byte> value)
    {
        if (_lengths.Count > 0 && value.SequenceEqual(_value))
        {
            CollectionsMarshal.AsSpan(_lengths)[^1]++;
            return;
        }
        if (_lengths.Count == RunsMax)
            throw new MalformedFileException(
                $"changes its count more than {RunsMax} times, and times are to be spread by it: sort it, or leave out \"spread\"");
        _lengths.Add(1);
        _value = value.ToArray();
    }

    /// <summary>Begins at the first row again.</summary>
    public void Rewind() => (_run, _row) = (0, 0);

    public (int Row, int Of) Next()
    {
        // A file that has more rows now was changed, which is told at its end.
        if (_run == _lengths.Count)
            return (0, 1);
        var next = (_row, _lengths[_run]);
        if (++_row == _lengths[_run])
            (_run, _row) = (_run + 1, 0);
        return next;
    }
}
