using Caudal.Querying;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Appends transactions to a table that begins with <see cref="TransactionColumns"/>, within the transaction that the caller has opened
/// on the connection. Keep it for the connection's life.
/// </summary>
sealed class TransactionAppender(DuckDBConnection connection, string table) : IDisposable
{
    static readonly DateOnly UnixEpoch = new(1970, 1, 1);

    readonly ChunkAppender _rows = new(connection, table);
    byte[] _folded = new byte[1024];

    /// <summary>Appends all rows and makes them part of the open transaction.</summary>
    /// <param name="indexedAt">Instead of each row's own.</param>
    /// <param name="own">The same in each row: what the table has after the standard columns, in its order.</param>
    public void Append(IReadOnlyList<Transaction> rows, Instant? indexedAt = null, params ReadOnlySpan<OwnColumn> own)
    {
        if (TransactionColumns.Count + own.Length != _rows.Columns)
            throw new ArgumentException(
                $"Table {table} has {_rows.Columns - TransactionColumns.Count} columns of its own, not {own.Length}.", nameof(own));
        for (var row = 0; row < rows.Count; row++)
        {
            Write(rows[row], indexedAt);
            for (var column = 0; column < own.Length; column++)
                own[column].WriteTo(_rows, TransactionColumns.Count + column);
            _rows.EndRow();
        }
        _rows.Flush();
    }

    public void Dispose() => _rows.Dispose();

    void Write(Transaction transaction, Instant? indexedAt)
    {
        _rows.SetUuid(0, transaction.Id.Value);
        _rows.Set(1, transaction.IdText);
        _rows.Set(2, transaction.App);
        _rows.Set(3, transaction.DebtorId);
        _rows.Set(4, transaction.Amount.Cents);
        _rows.Set(5, transaction.Product);
        _rows.Set(6, transaction.DebtorAccount);
        _rows.Set(7, transaction.CreditorAccount);
        _rows.Set(8, transaction.Detail);
        _rows.Set(9, transaction.Timestamp.Microseconds);
        _rows.Set(10, transaction.Extra);
        _rows.SetUuid(11, TransactionId.Of(transaction.Position.Epoch).Value);
        _rows.Set(12, transaction.Position.Partition);
        _rows.Set(13, transaction.Position.Offset);
        _rows.Set(14, transaction.AppendedAt.Microseconds);
        _rows.Set(15, (indexedAt ?? transaction.IndexedAt).Microseconds);
        _rows.Set(16, transaction.Digest.High);
        _rows.Set(17, transaction.Digest.Low);
        _rows.Set(18, FoldedText.Fold(transaction.Detail.Span, RoomFor(transaction.Detail.Span.Length)));
    }

    byte[] RoomFor(int length) => _folded.Length >= length ? _folded : _folded = new byte[length * 2];

    /// <summary>A value that one append writes into a column of the table's own.</summary>
    public readonly record struct OwnColumn
    {
        readonly long _value;
        readonly bool _isDate;

        OwnColumn(long value, bool isDate) => (_value, _isDate) = (value, isDate);

        public static OwnColumn Date(DateOnly day) => new(day.DayNumber - UnixEpoch.DayNumber, isDate: true);

        public static OwnColumn Bigint(long value) => new(value, isDate: false);

        internal void WriteTo(ChunkAppender rows, int column)
        {
            if (_isDate)
                rows.Set(column, (int)_value);
            else
                rows.Set(column, _value);
        }
    }
}
