using System.Buffers.Binary;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// Fills a table in PostgreSQL's binary COPY format, value by value in the order of its columns, without a string or a box. What was not
/// completed is taken back. See https://www.postgresql.org/docs/current/sql-copy.html.
/// </summary>
sealed class CopyWriter : IAsyncDisposable
{
    const int FlushBytes = 256 * 1024;

    const int NumericBytes = 18;

    static readonly DateOnly Year2000 = new(2000, 1, 1);

    readonly NpgsqlRawCopyStream _stream;
    readonly short _columns;
    byte[] _buffer = new byte[2 * FlushBytes];
    byte[] _folding = new byte[2048];
    int _length;
    bool _completed;

    CopyWriter(NpgsqlRawCopyStream stream, int columns)
    {
        _stream = stream;
        _columns = (short)columns;
        Header.CopyTo(Take(Header.Length));
    }

    /// <summary>A signature, no flags, no extension.</summary>
    static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Five digits of base 10,000, the first of them the fourth power; positive; two decimals.</summary>
    static ReadOnlySpan<byte> NumericHeader => [0, 5, 0, 3, 0, 0, 0, 2];

    /// <param name="table">Its columns are written in their order.</param>
    /// <param name="options">After <c>FORMAT binary</c>.</param>
    public static async ValueTask<CopyWriter> BeginAsync(
        NpgsqlConnection connection, string table, int columns, string options, CancellationToken cancellation) =>
        new(await connection.BeginRawBinaryCopyAsync($"COPY {table} FROM STDIN (FORMAT binary{options})", cancellation), columns);

    public void BeginRow() => BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), _columns);

    /// <summary>A row's <see cref="TransactionColumns"/>.</summary>
    public void Add(Transaction row)
    {
        Add(row.Id.Value);
        Add(row.IdText);
        Add(row.App.Span);
        Add(row.DebtorId.Span);
        Add(row.Amount);
        Add(row.Product.Span);
        Add(row.DebtorAccount.Span);
        Add(row.CreditorAccount.Span);
        Add(row.Detail.Span);
        Add(row.Timestamp);
        Add(row.Extra);
        Add(row.Position);
        Add(row.AppendedAt);
        Add(row.IndexedAt);
        Add(row.Digest);
        if (_folding.Length < row.Detail.Span.Length)
            _folding = new byte[row.Detail.Span.Length];
        Add(FoldedText.Fold(row.Detail.Span, _folding));
    }

    /// <summary>A row's <see cref="DuplicateColumns"/>.</summary>
    public void Add(Duplicate row)
    {
        Add(row.Position);
        Add(row.Id.Value);
        Add(row.Amount);
        Add(row.Digest);
    }

    public void Add(long value) => BinaryPrimitives.WriteInt64BigEndian(TakeField(sizeof(long)), value);

    public void Add(int value) => BinaryPrimitives.WriteInt32BigEndian(TakeField(sizeof(int)), value);

    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(TakeField(bytes.Length));

    public void Add(Instant moment) => Add(moment.Microseconds - PostgresTime.Microseconds1970To2000);

    void Add(Utf8Text? text)
    {
        if (text is { } some)
            Add(some.Span);
        else
            AddNull();
    }

    void AddNull() => BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), -1);

    void Add(UInt128 uuid) => BinaryPrimitives.WriteUInt128BigEndian(TakeField(16), uuid);

    public void Add(DateOnly day) => Add(day.DayNumber - Year2000.DayNumber);

    /// <summary>Three columns, empty for what never had a place in the log.</summary>
    void Add(Position position)
    {
        if (position == default)
        {
            AddNull();
            AddNull();
            AddNull();
            return;
        }
        position.Epoch.TryWriteBytes(TakeField(16), bigEndian: true, out _);
        Add(position.Partition);
        Add(position.Offset);
    }

    void Add(Digest digest)
    {
        Add((long)digest.High);
        Add((long)digest.Low);
    }

    /// <summary>The server leaves off the zeros before and after.</summary>
    void Add(Money amount)
    {
        var field = TakeField(NumericBytes);
        var (whole, cents) = Math.DivRem(amount.Cents, 100);
        NumericHeader.CopyTo(field);
        for (var place = 3; place >= 0; place--, whole /= 10_000)
            BinaryPrimitives.WriteInt16BigEndian(field[(NumericHeader.Length + 2 * place)..], (short)(whole % 10_000));
        BinaryPrimitives.WriteInt16BigEndian(field[(NumericBytes - 2)..], (short)(cents * 100));
    }

    /// <summary>Sends what has gathered, where that is enough to be worth it.</summary>
    public async ValueTask FlushIfFullAsync(CancellationToken cancellation)
    {
        if (_length >= FlushBytes)
            await FlushAsync(cancellation);
    }

    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        await FlushAsync(cancellation);
        _completed = true;
        await _stream.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_completed)
            return;
        try
        {
            await _stream.CancelAsync();
        }
        catch (NpgsqlException)
        {
            // The server has given up already, and what made it so is being thrown.
        }
    }

    async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await _stream.WriteAsync(_buffer.AsMemory(0, _length), cancellation);
        _length = 0;
    }

    Span<byte> TakeField(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(Take(sizeof(int)), length);
        return Take(length);
    }

    Span<byte> Take(int length)
    {
        if (_buffer.Length - _length < length)
            Array.Resize(ref _buffer, Math.Max(2 * _buffer.Length, _length + length));
        var taken = _buffer.AsSpan(_length, length);
        _length += length;
        return taken;
    }
}
