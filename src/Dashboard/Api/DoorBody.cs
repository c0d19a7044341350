using System.Text.Json;

namespace Caudal.Dashboard.Api;

/// <summary>Splits a request's body into its rows: views on its bytes, exactly as they came.</summary>
static class DoorBody
{
    /// <summary>One row a line; lines of only white space are none.</summary>
    public static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> body)
    {
        var rows = new List<ReadOnlyMemory<byte>>();
        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
            var row = line[..line.Span.TrimEnd(" \t\r"u8).Length];
            if (!row.Span.Trim(" \t"u8).IsEmpty)
                rows.Add(row);
        }
        return rows;
    }

    /// <summary>The elements of an array, or the whole body as one row, whatever it is. Null where an array is not well-formed.</summary>
    public static List<ReadOnlyMemory<byte>>? Json(ReadOnlyMemory<byte> body)
    {
        body = body[..body.Span.TrimEnd(" \t\r\n"u8).Length];
        if (body.Span.TrimStart(" \t\r\n"u8) is not [(byte)'[', ..])
            return body.IsEmpty ? [] : [body];
        var rows = new List<ReadOnlyMemory<byte>>();
        // As deep as a body may be: a row that is nested too deep is the decoder's to refuse, and its neighbours are not to suffer.
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 10_000 });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                rows.Add(body[start..(int)reader.BytesConsumed]);
            }
            return reader.Read() ? null : rows;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
