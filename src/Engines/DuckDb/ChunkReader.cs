using System.Runtime.CompilerServices;
using Caudal.Transactions;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Native = DuckDB.NET.Native.NativeMethods;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Streams a query's result chunk by chunk and reads DuckDB's vectors in place. What a query has not been asked for yet is not held in
/// memory. Cancelling interrupts the query. Dispose it before the connection is used for anything else.
/// </summary>
sealed unsafe class ChunkReader : IDisposable
{
    /// <summary>Texts of a chunk share arrays of this size, which stay below the large object heap.</summary>
    const int TextBlockBytes = 64 * 1024;

    readonly CancellationToken _cancellation;
    readonly CancellationTokenRegistration _interrupt;
    readonly DuckDBPreparedStatement _statement;
    readonly nint[] _data = [];
    readonly nint[] _validity = [];
    DuckDBResult _result;
    DuckDBDataChunk? _chunk;
    byte[] _texts = [];
    int _textsUsed;

    /// <param name="parameters">For $1, $2 … of the query: <see cref="long"/>, <see cref="string"/>, <see cref="TransactionId"/> or
    /// <see cref="Instant"/>.</param>
    public ChunkReader(DuckDBConnection connection, string sql, CancellationToken cancellation, params ReadOnlySpan<object> parameters)
    {
        cancellation.ThrowIfCancellationRequested();
        _cancellation = cancellation;
        var prepared = Native.PreparedStatements.DuckDBPrepare(connection.NativeConnection, sql, out _statement);
        try
        {
            if (prepared != DuckDBState.Success)
                throw new IOException("DuckDB did not take a query: " + Native.PreparedStatements.DuckDBPrepareError(_statement));
            for (var index = 0; index < parameters.Length; index++)
                Bind(index + 1, parameters[index]);
            _interrupt = cancellation.UnsafeRegister(
                native => Native.Startup.DuckDBInterrupt((DuckDBNativeConnection)native!), connection.NativeConnection);
            if (Native.PreparedStatements.DuckDBExecutePreparedStreaming(_statement, out _result) != DuckDBState.Success)
                throw Fault();
            _data = new nint[(int)Native.Query.DuckDBColumnCount(ref _result)];
            _validity = new nint[_data.Length];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Columns => _data.Length;

    /// <summary>Rows of the chunk that was read last.</summary>
    public int Rows { get; private set; }

    /// <summary>Goes on to the next chunk; false at the end.</summary>
    public bool Read()
    {
        _chunk?.Dispose();
        _chunk = Native.Query.DuckDBFetchChunk(_result);
        if (_chunk.IsInvalid)
        {
            Rows = 0;
            if (!string.IsNullOrEmpty(Native.Query.DuckDBResultError(ref _result)))
                throw Fault();
            // What was interrupted may also look like what came to its end.
            _cancellation.ThrowIfCancellationRequested();
            return false;
        }
        Rows = (int)Native.DataChunks.DuckDBDataChunkGetSize(_chunk);
        for (var column = 0; column < _data.Length; column++)
        {
            var vector = Native.DataChunks.DuckDBDataChunkGetVector(_chunk, column);
            _data[column] = (nint)Native.Vectors.DuckDBVectorGetData(vector);
            _validity[column] = (nint)Native.Vectors.DuckDBVectorGetValidity(vector);
        }
        return true;
    }

    public bool IsNull(int column, int row) =>
        _validity[column] != 0 && (((ulong*)_validity[column])[row / 64] >> row % 64 & 1) == 0;

    public long Int64(int column, int row) => ((long*)_data[column])[row];

    /// <summary>Of a decimal wider than 18 digits, its digits as a number.</summary>
    public Int128 Int128(int column, int row) => ((Int128*)_data[column])[row];

    public int Int32(int column, int row) => ((int*)_data[column])[row];

    public ulong UInt64(int column, int row) => ((ulong*)_data[column])[row];

    public UInt128 Uuid(int column, int row) => ((UInt128*)_data[column])[row] ^ (UInt128.One << 127);

    /// <summary>Bytes that stay valid until the next chunk is read.</summary>
    public ReadOnlySpan<byte> TextSpan(int column, int row)
    {
        var text = (byte*)_data[column] + (nint)row * 16;
        var length = *(int*)text;
        return new(length <= 12 ? text + 4 : *(byte**)(text + 8), length);
    }

    /// <summary>A copy that stays.</summary>
    public Utf8Text Text(int column, int row)
    {
        var source = TextSpan(column, row);
        if (source.Length > _texts.Length - _textsUsed)
        {
            _texts = GC.AllocateUninitializedArray<byte>(Math.Max(TextBlockBytes, source.Length));
            _textsUsed = 0;
        }
        source.CopyTo(_texts.AsSpan(_textsUsed));
        var copy = new ReadOnlyMemory<byte>(_texts, _textsUsed, source.Length);
        _textsUsed += source.Length;
        return new(copy);
    }

    public Utf8Text? TextOrNull(int column, int row) => IsNull(column, row) ? default(Utf8Text?) : Text(column, row);

    public void Dispose()
    {
        _interrupt.Dispose();
        _chunk?.Dispose();
        Native.Query.DuckDBDestroyResult(ref _result);
        _statement.Dispose();
    }

    void Bind(long index, object value)
    {
        var state = value switch
        {
            long number => Native.PreparedStatements.DuckDBBindInt64(_statement, index, number),
            Instant moment => Native.PreparedStatements.DuckDBBindTimestamp(
                _statement, index, Unsafe.BitCast<long, DuckDBTimestampStruct>(moment.Microseconds)),
            TransactionId id => Native.PreparedStatements.DuckDBBindVarchar(_statement, index, id.ToString()),
            string text => Native.PreparedStatements.DuckDBBindVarchar(_statement, index, text),
            _ => throw new ArgumentException($"A {value.GetType().Name} cannot be a parameter."),
        };
        if (state != DuckDBState.Success)
            throw new IOException($"DuckDB did not take parameter {index}: {Native.PreparedStatements.DuckDBPrepareError(_statement)}");
    }

    IOException Fault()
    {
        _cancellation.ThrowIfCancellationRequested();
        return new IOException("DuckDB could not read: " + Native.Query.DuckDBResultError(ref _result));
    }
}
