using System.Globalization;
using System.Text.RegularExpressions;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>Turns one comparison into the tree's terms, according to the field's kind.</summary>
static partial class QueryCondition
{
    const string Range = "..";

    public static Query Of(string name, string comparison, QueryValue value, TimeZoneInfo zone, int column)
    {
        if (name == QueryField.Position)
            return OfPosition(comparison, value);
        var field = QueryField.Find(name) ?? throw new QueryException(UnknownField(name), column);
        if (value is { IsAny: true, Quoted: false } && comparison == ":")
            return new Query.Has(field);
        if (field.IsText)
            return OfText(field, comparison, value);
        if (!value.IsLiteral)
            throw new QueryException($"{field} is compared as a whole: * has no meaning within its values.", value.Column);
        return field.Kind == FieldKind.Uuid ? OfId(field, comparison, value) : OfRange(field, comparison, value, zone);
    }

    static Query OfText(QueryField field, string comparison, QueryValue value)
    {
        RefuseOrder(field.Name, "text", comparison, value);
        var pattern = TextPattern.Of(value.Pieces);
        if (field.Kind == FieldKind.Folded)
            pattern = pattern.Select(FoldedText.Fold);
        return pattern.IsAny ? new Query.Has(field) : new Query.TextIs(field, pattern);
    }

    /// <summary>An id that is no UUID is the text from which one was derived.</summary>
    static Query OfId(QueryField field, string comparison, QueryValue value)
    {
        RefuseOrder(field.Name, "an id", comparison, value);
        return Guid.TryParseExact(value.Pieces[0], "D", out var id) ? new Query.IdIs(field, id)
            : field == QueryField.Id ? new Query.TextIs(QueryField.IdText, TextPattern.Of(value.Pieces))
            : throw new QueryException($"{field} is a hyphenated UUID.", value.Column);
    }

    static Query.Both OfPosition(string comparison, QueryValue value)
    {
        RefuseOrder(QueryField.Position, "a position", comparison, value);
        try
        {
            var position = Position.Parse(string.Join('*', value.Pieces));
            return new([
                new Query.IdIs(QueryField.Epoch, position.Epoch), Exactly(QueryField.Partition, position.Partition),
                Exactly(QueryField.Offset, position.Offset)]);
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException or ArgumentException)
        {
            throw new QueryException(
                $"{QueryField.Position} is written epoch/partition/offset, as rows show it; partition and offset can be asked for alone.",
                value.Column);
        }
    }

    static Query.In Exactly(QueryField field, long value) =>
        new(field, value, value < long.MaxValue ? value + 1 : throw new OverflowException());

    static void RefuseOrder(string name, string kind, string comparison, QueryValue value)
    {
        if (comparison != ":")
            throw new QueryException($"{name} is {kind} and has no order; write {name}: value.", value.Column);
    }

    /// <summary>A value stands for all from its start to its end, so that <c>timestamp &lt;= 2025-09-13</c> includes that day.</summary>
    static Query.In OfRange(QueryField field, string comparison, QueryValue value, TimeZoneInfo zone)
    {
        var text = value.Pieces[0];
        var dots = value.Quoted || comparison != ":" ? -1 : text.IndexOf(Range, StringComparison.Ordinal);
        if (dots < 0)
        {
            var (start, end) = ReadSpan(field, text, value.Column, zone);
            return comparison switch
            {
                ":" => new(field, start, end),
                ">=" => new(field, start, null),
                ">" => new(field, end, null),
                "<" => new(field, null, start),
                _ => new(field, null, end),
            };
        }
        var first = ReadSpan(field, text[..dots], value.Column, zone);
        var last = ReadSpan(field, text[(dots + Range.Length)..], value.Column + dots + Range.Length, zone);
        return first.Start < last.End
            ? new(field, first.Start, last.End)
            : throw new QueryException($"The range ends before it begins; write the smaller value first.", value.Column);
    }

    static (long Start, long End) ReadSpan(QueryField field, string text, int column, TimeZoneInfo zone)
    {
        switch (field.Kind)
        {
            case FieldKind.Amount when AmountShape().IsMatch(text):
                var cents = (long)(decimal.Parse(text, CultureInfo.InvariantCulture) * 100);
                return (cents, cents + 1);
            case FieldKind.Time when QueryTime.Read(text, zone) is { } span:
                return (span.From.Microseconds, span.To.Microseconds);
            case FieldKind.Date when QueryDate.Read(text) is { } day:
                return (day, day + 1);
            case FieldKind.Number when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number < long.MaxValue:
                return (number, number + 1);
            default:
                throw new QueryException($"{field} is {FormOf(field.Kind)}.", column);
        }
    }

    static string FormOf(FieldKind kind) => kind switch
    {
        FieldKind.Amount => "an amount: write 500 or 367.60, with a point and at most two decimals",
        FieldKind.Time => $"a time: {QueryTime.Form}",
        FieldKind.Date => "a day: write 2025-09-13",
        _ => "a whole number",
    };

    static string UnknownField(string name)
    {
        var nearest = Spelling.Nearest(name, QueryField.Names);
        return $"There is no field {name}. {(nearest is null ? "" : $"Did you mean {nearest}? ")}"
            + $"The fields are {string.Join(", ", QueryField.Names)}.";
    }

    /// <summary>One digit more than an amount can have, so that a bound can lie beyond all of them.</summary>
    [GeneratedRegex(@"\A-?[0-8]?[0-9]{1,16}(\.[0-9]{1,2}0*)?\z")]
    private static partial Regex AmountShape();
}

/// <summary>Calendar days, counted from 1970.</summary>
static class QueryDate
{
    const string Format = "yyyy-MM-dd";

    static readonly DateOnly Epoch = new(1970, 1, 1);

    public static long? Read(string text) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Number(day) : null;

    public static long Number(DateOnly day) => day.DayNumber - Epoch.DayNumber;

    public static DateOnly Day(long number) => Epoch.AddDays((int)number);

    public static string Write(long number) => Day(number).ToString(Format, CultureInfo.InvariantCulture);
}
