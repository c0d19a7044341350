using Caudal.Transactions;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Native = DuckDB.NET.Native.NativeMethods;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Appends rows to a table by writing DuckDB's vectors in place and handing it whole chunks: no call and no object per value. What is
/// flushed belongs to the transaction that is open on the connection then; an appender may be kept for many transactions, which
/// is what makes small batches cheap. After a fault it is of no more use.
/// </summary>
sealed unsafe class ChunkAppender : IDisposable
{
    /// <summary>A text of up to so many bytes stands inside its 16-byte <c>duckdb_string_t</c>.</summary>
    const int InlinedBytesMax = 12;

    static readonly int RowsMax = checked((int)Native.Helpers.DuckDBVectorSize());

    readonly string _table;
    readonly DuckDB.NET.Native.DuckDBAppender _appender;
    readonly DuckDBDataChunk _chunk;
    readonly nint[] _vectors;
    readonly nint[] _data;
    readonly nint[] _validity;
    int _row;

    public ChunkAppender(DuckDBConnection connection, string table)
    {
        _table = table;
        if (Native.Appender.DuckDBAppenderCreate(connection.NativeConnection, null!, table, out _appender) != DuckDBState.Success)
            throw Fault();
        var types = new DuckDBLogicalType[checked((int)Native.Appender.DuckDBAppenderColumnCount(_appender))];
        for (var column = 0; column < types.Length; column++)
            types[column] = Native.Appender.DuckDBAppenderColumnType(_appender, (ulong)column);
        _chunk = Native.DataChunks.DuckDBCreateDataChunk([.. types.Select(type => type.DangerousGetHandle())], (ulong)types.Length);
        foreach (var type in types)
            type.Dispose();
        _vectors = new nint[types.Length];
        _data = new nint[types.Length];
        _validity = new nint[types.Length];
        FindVectors();
    }

    public int Columns => _vectors.Length;

    public void Set(int column, long value) => ((long*)_data[column])[_row] = value;

    public void Set(int column, int value) => ((int*)_data[column])[_row] = value;

    public void Set(int column, ulong value) => ((ulong*)_data[column])[_row] = value;

    /// <summary>DuckDB keeps a UUID as a signed 128-bit number with its first bit flipped, so that it sorts as its text does.</summary>
    public void SetUuid(int column, UInt128 value) => ((UInt128*)_data[column])[_row] = value ^ (UInt128.One << 127);

    public void Set(int column, Utf8Text text) => Set(column, text.Span);

    /// <summary>UTF-8.</summary>
    public void Set(int column, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > InlinedBytesMax)
        {
            fixed (byte* first = bytes)
                Native.Vectors.DuckDBUnsafeVectorAssignStringElementLength(_vectors[column], (ulong)_row, first, bytes.Length);
            return;
        }
        var target = (byte*)_data[column] + (nint)_row * 16;
        *(UInt128*)target = 0;
        *(int*)target = bytes.Length;
        bytes.CopyTo(new Span<byte>(target + 4, InlinedBytesMax));
    }

    public void Set(int column, Utf8Text? text)
    {
        if (text is { } value)
            Set(column, value);
        else
            SetNull(column);
    }

    public void SetNull(int column)
    {
        if (_validity[column] == 0)
        {
            Native.Vectors.DuckDBVectorEnsureValidityWritable(_vectors[column]);
            _validity[column] = (nint)Native.Vectors.DuckDBVectorGetValidity(_vectors[column]);
        }
        ((ulong*)_validity[column])[_row / 64] &= ~(1UL << _row % 64);
    }

    /// <summary>The row is complete: every column was set.</summary>
    public void EndRow()
    {
        if (++_row == RowsMax)
            HandOver();
    }

    /// <summary>Makes what was appended part of the connection's open transaction.</summary>
    public void Flush()
    {
        HandOver();
        if (Native.Appender.DuckDBAppenderFlush(_appender) != DuckDBState.Success)
            throw Fault();
    }

    public void Dispose()
    {
        _chunk.Dispose();
        _appender.Dispose();
    }

    void HandOver()
    {
        if (_row == 0)
            return;
        Native.DataChunks.DuckDBDataChunkSetSize(_chunk, (ulong)_row);
        if (Native.Appender.DuckDBAppendDataChunk(_appender, _chunk) != DuckDBState.Success)
            throw Fault();
        Native.DataChunks.DuckDBDataChunkReset(_chunk);
        FindVectors();
        _row = 0;
    }

    void FindVectors()
    {
        for (var column = 0; column < _vectors.Length; column++)
        {
            _vectors[column] = Native.DataChunks.DuckDBDataChunkGetVector(_chunk, column);
            _data[column] = (nint)Native.Vectors.DuckDBVectorGetData(_vectors[column]);
        }
        Array.Clear(_validity);
    }

    IOException Fault()
    {
        using var error = Native.Appender.DuckDBAppenderErrorData(_appender);
        return new($"DuckDB did not take rows for table {_table}: {Native.ErrorData.DuckDBErrorDataMessage(error)}");
    }
}
