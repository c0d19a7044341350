using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caudal.Transactions;
using Microsoft.AspNetCore.Http;

namespace Caudal.Dashboard.Api;

/// <summary>A list as one JSON object a line, sent as it grows: no list is ever held whole.</summary>
sealed class RowStream : IAsyncDisposable
{
    public const string MediaType = "application/x-ndjson";

    /// <summary>What an answer that is sent as it grows gathers before it is sent on.</summary>
    public const int FlushBytes = 64 * 1024;

    readonly HttpContext _context;
    readonly Utf8JsonWriter _json;

    public RowStream(HttpContext context)
    {
        _context = context;
        _json = new(context.Response.BodyWriter, WireJson.WriterOptions with { SkipValidation = true });
        context.Response.ContentType = MediaType + "; charset=utf-8";
    }

    public ValueTask WriteAsync<T>(T row, JsonTypeInfo<T> type)
    {
        JsonSerializer.Serialize(_json, row, type);
        return EndRowAsync();
    }

    public ValueTask WriteAsync(Transaction transaction)
    {
        WireJson.Write(_json, transaction);
        return EndRowAsync();
    }

    async ValueTask EndRowAsync()
    {
        _json.Flush();
        _json.Reset();
        var body = _context.Response.BodyWriter;
        body.GetSpan(1)[0] = (byte)'\n';
        body.Advance(1);
        if (body.UnflushedBytes >= FlushBytes)
            await body.FlushAsync(_context.RequestAborted);
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();
}
