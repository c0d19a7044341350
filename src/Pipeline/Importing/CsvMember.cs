using System.Globalization;
using System.Text;
using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>One member of the messages that a CSV file's rows become.</summary>
abstract class CsvMember
{
    /// <param name="indexOf">Where a column of this name stands; it does stand somewhere.</param>
    /// <param name="runs">Of the column that times are spread by.</param>
    public static CsvMember Of(FieldSource source, Func<string, int> indexOf, ValueRuns runs) => source switch
    {
        ColumnSource column => new CellMember(indexOf(column.Column), column.IsNumber),
        TextSource text => new TextMember(text, indexOf),
        WrittenTimeSource time => new WrittenTimeMember(Of(time.Text, indexOf, runs), time.Format),
        CountedTimeSource time => new CountedTimeMember(indexOf(time.Column), time, runs),
        _ => throw new InvalidOperationException($"There is no member of {source}."),
    };

    public static CsvMember OfCell(int column) => new CellMember(column, isNumber: false);

    /// <summary>True where the row has nothing to make the member of.</summary>
    public virtual bool IsAbsent(CsvCells cells) => false;

    /// <summary>The value, as it stands within the quotes of a JSON string.</summary>
    protected abstract void WriteText(ReadOnlySpan<byte> row, CsvCells cells, RowBytes into);

    public virtual void Write(ReadOnlySpan<byte> row, CsvCells cells, RowBytes into)
    {
        into.Append("\""u8);
        WriteText(row, cells, into);
        into.Append("\""u8);
    }

    sealed class CellMember(int column, bool isNumber) : CsvMember
    {
        public override bool IsAbsent(CsvCells cells) => cells.IsEmpty(column);

        public override void Write(ReadOnlySpan<byte> row, CsvCells cells, RowBytes into)
        {
            if (isNumber && cells.Text(row, column) is var number && JsonText.IsNumber(number))
                into.Append(number);
            else
                base.Write(row, cells, into);
        }

        protected override void WriteText(ReadOnlySpan<byte> row, CsvCells cells, RowBytes into) =>
            JsonText.Append(cells.Text(row, column), into);
    }

    sealed class TextMember(TextSource source, Func<string, int> indexOf) : CsvMember
    {
        readonly (byte[] Text, int Column)[] _parts =
            [.. source.Parts.Select(part => part.IsColumn ? ([], indexOf(part.Text)) : (JsonText.Escaped(part.Text), -1))];

        protected override void WriteText(ReadOnlySpan<byte> row, CsvCells cells, RowBytes into)
        {
            foreach (var (text, column) in _parts)
                if (column < 0)
                    into.Append(text);
                else
                    JsonText.Append(cells.Text(row, column), into);
        }
    }

    /// <summary>What is not written in the format stays as it is, and ingest says which field is no time.</summary>
    sealed class WrittenTimeMember(CsvMember text, string format) : CsvMember
    {
        const int LengthMax = 100;

        readonly bool _hasOffset = format.AsSpan().ContainsAny('z', 'K');
        readonly RowBytes _written = new();

        public override bool IsAbsent(CsvCells cells) => text.IsAbsent(cells);

        protected override void WriteText(ReadOnlySpan<byte> row, CsvCells cells, RowBytes into)
        {
            _written.Clear();
            text.WriteText(row, cells, _written);
            Span<char> characters = stackalloc char[LengthMax];
            if (Encoding.UTF8.TryGetChars(_written.Kept, characters, out var length) && Read(characters[..length]) is { } time)
                into.Append(Encoding.ASCII.GetBytes(time));
            else
                into.Append(_written.Kept);
        }

        /// <summary>Without an offset it stays without one, and is read in the business zone as any other.</summary>
        string? Read(ReadOnlySpan<char> written)
        {
            var culture = CultureInfo.InvariantCulture;
            if (_hasOffset)
                return DateTimeOffset.TryParseExact(written, format, culture, DateTimeStyles.None, out var moment)
                    ? Instant.Of(moment).ToString()
                    : null;
            return DateTime.TryParseExact(written, format, culture, DateTimeStyles.None, out var local)
                ? local.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", culture)
                : null;
        }
    }

    /// <summary>What is no count stays as it is, and ingest says which field is no time.</summary>
    sealed class CountedTimeMember(int column, CountedTimeSource source, ValueRuns runs) : CsvMember
    {
        const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

        /// <summary>A day short of the last moment that can be written, so that a row may be spread over its unit.</summary>
        static readonly long LastMicroseconds =
            (DateTime.MaxValue - DateTime.UnixEpoch - TimeSpan.FromDays(1)).Ticks / TimeSpan.TicksPerMicrosecond;

        readonly long _unit = source.Unit.Ticks / TimeSpan.TicksPerMicrosecond;

        public override bool IsAbsent(CsvCells cells) => cells.IsEmpty(column);

        protected override void WriteText(ReadOnlySpan<byte> row, CsvCells cells, RowBytes into)
        {
            var cell = cells.Text(row, column);
            var (place, of) = source.IsSpread ? runs.Next() : (0, 1);
            if (Read(cell) is { } microseconds && source.Start.Microseconds + microseconds is var at && IsTime(at))
                into.Append(Encoding.ASCII.GetBytes(new Instant((long)(at + (Int128)_unit * place / of)).ToString()));
            else
                JsonText.Append(cell, into);
        }

        Int128? Read(ReadOnlySpan<byte> cell) =>
            decimal.TryParse(cell, Decimal, CultureInfo.InvariantCulture, out var count)
            && decimal.Abs(count) <= CountedTimeSource.CountMax
                ? (Int128)decimal.Floor((count - source.First) * _unit)
                : null;

        static bool IsTime(Int128 microseconds) =>
            microseconds >= 0 && microseconds <= LastMicroseconds;
    }
}
