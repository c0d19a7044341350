using System.Text.Json;
using Caudal.Access;
using Caudal.Importing;
using Caudal.Ingesting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Caudal.Dashboard.Api;

/// <summary>What one request to the door may bring.</summary>
/// <param name="BodyBytesMax">After decompression.</param>
public sealed record DoorLimits(int BodyBytesMax, int RowsMax);

/// <summary><c>POST /api/transactions</c>: one object, an array of them, or one a line; each row is answered for itself.</summary>
static class DoorRoutes
{
    const int KeyLengthMax = 200;

    public static void MapDoor(this IEndpointRouteBuilder app, RunningPipeline pipeline, DoorLimits limits) =>
        app.MapPost("/api/transactions", (HttpContext context, CancellationToken cancellation) =>
            AcceptAsync(pipeline, limits, context, cancellation)).Needs(Right.Send)
            .Says("Hand in transactions", "One object, an array of them, or one a line; each row is answered for itself, once durable. "
                + "With an Idempotency-Key the same rows may be sent again, and are one transaction each.")
            .WithExample("""
                {"app": "Banca Móvil", "id_ordenante": "4677717306", "valor": 367.60, "producto": "Corriente",
                "cuenta_ordenante": "1582464633", "cuenta_beneficiario": "3216342883", "detalle": "Transacción 3",
                "timestamp": "2025-09-13T05:12:15.093369"}
                """)
            .Accepts<JsonElement>("application/json", RowStream.MediaType)
            .Produces<DoorReply>().Produces<DoorReply>(StatusCodes.Status207MultiStatus)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    static async Task<IResult> AcceptAsync(RunningPipeline pipeline, DoorLimits limits, HttpContext context, CancellationToken cancellation)
    {
        var isLines = IsLines(context.Request.ContentType);
        var key = context.Request.Headers["Idempotency-Key"] is { Count: > 0 } header ? ReadKey(header) : null;
        var body = await ReadBodyAsync(context, limits.BodyBytesMax, cancellation);
        var rows = isLines ? DoorBody.Lines(body) : DoorBody.Json(body);
        if (rows is null)
            throw ApiProblemException.BadRequest("The body is not a JSON array of transactions; nothing of it was taken.");
        if (rows.Count == 0)
            throw ApiProblemException.BadRequest("The body holds no transaction.");
        if (rows.Count > limits.RowsMax)
            throw TooLarge($"The request brings more than {limits.RowsMax} rows (Http:RowsMax); send fewer at a time.");
        return Answer(await pipeline.Door.AcceptAsync(rows, ApiRoutes.Actor(context), key, cancellation));
    }

    /// <summary>200 where every row is durable, 207 where some are, 422 where none was taken: the rows say which and why.</summary>
    static IResult Answer(IReadOnlyList<DoorAnswer> answers)
    {
        var rows = answers.Select((answer, row) => answer.Fault is { } fault
            ? new DoorRow(row, null, fault.Code, fault.Field, fault.Sentence)
            : new DoorRow(row, answer.Id)).ToList();
        var accepted = answers.Count(answer => answer.Fault is null);
        var reply = new DoorReply(accepted, rows.Count - accepted, rows);
        if (accepted == rows.Count)
            return TypedResults.Ok(reply);
        if (accepted > 0)
            return TypedResults.Json(reply, ApiJson.Default.DoorReply, statusCode: StatusCodes.Status207MultiStatus);
        var problem = Problems.Problem(StatusCodes.Status422UnprocessableEntity,
            "No row was taken. Each says what is wrong with it; mend them and send them again.", ApiProblemException.NoRowTaken);
        problem.Extensions["rows"] = JsonSerializer.SerializeToElement(reply.Rows, ApiJson.Default.IReadOnlyListDoorRow);
        return TypedResults.Problem(problem);
    }

    static bool IsLines(string? contentType)
    {
        var mediaType = contentType?.Split(';')[0].Trim().ToLowerInvariant();
        return mediaType switch
        {
            "application/json" => false,
            RowStream.MediaType or "application/ndjson" or "application/jsonl" => true,
            _ => throw Unsupported("Send application/json (one transaction, or an array) or application/x-ndjson (one a line)."),
        };
    }

    static string ReadKey(StringValues header) =>
        header is [{ Length: > 0 and <= KeyLengthMax } key]
            ? key
            : throw ApiProblemException.BadRequest($"An Idempotency-Key has 1 to {KeyLengthMax} characters.");

    static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context, int bytesMax, CancellationToken cancellation)
    {
        var sizeFeature = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (sizeFeature is { IsReadOnly: false })
            sizeFeature.MaxRequestBodySize = bytesMax;
        await using var body = context.Request.Headers.ContentEncoding.ToString().ToLowerInvariant() switch
        {
            "" or "identity" => context.Request.Body,
            "gzip" => new WholeGzipStream(context.Request.Body),
            _ => throw Unsupported("The body may be compressed with gzip, or not at all."),
        };
        try
        {
            return await ReadAsync(body, bytesMax, cancellation);
        }
        catch (InvalidDataException)
        {
            throw ApiProblemException.BadRequest("The body is not whole gzip; nothing of it was taken.");
        }
    }

    static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, int bytesMax, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellation)) > 0;)
        {
            if (bytes.Length + read > bytesMax)
                throw TooLarge($"The body is over {bytesMax} bytes (Http:BodyBytesMax); send fewer rows at a time.");
            bytes.Write(buffer, 0, read);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    static ApiProblemException TooLarge(string detail) => new(StatusCodes.Status413PayloadTooLarge, detail);

    static ApiProblemException Unsupported(string detail) => new(StatusCodes.Status415UnsupportedMediaType, detail);
}
