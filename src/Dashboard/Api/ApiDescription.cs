using System.Text.Json.Nodes;
using Caudal.Access;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Caudal.Dashboard.Api;

/// <summary>
/// The API's description (OpenAPI) at <c>/openapi/v1.json</c>, and a page to read and try it at <c>/docs</c>, which asks nothing of other
/// hosts. What types say of themselves in their comments is said there too.
/// </summary>
public static class ApiDescription
{
    const string Scheme = "token";

    const string Introduction =
        "Hand in transactions, look at them, and take them into a proven history. Money and digests are strings; times are UTC in "
        + "ISO 8601; lists are one JSON object a line. Every call brings a token (`caudal token create --role ROLE`); what cannot be "
        + "answered is a problem (RFC 9457) whose `code` is stable and whose `detail` says what to do.";

    /// <summary>How a value that is written as a text looks.</summary>
    static readonly Dictionary<Type, string> Texts = new()
    {
        [typeof(MoneySum)] = "1102.80",
        [typeof(Digest)] = "9b2f0c6d1e5a48f7a3c4d5e6f7081920",
        [typeof(Instant)] = "2025-09-13T05:12:15.093369Z",
        [typeof(TransactionId)] = "0198f2a4-7c3e-7d1a-9b5e-2f6c8d0e1a3b",
        [typeof(Position)] = "6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f/0/4711",
    };

    /// <summary>What the parameters of addresses mean, wherever they stand.</summary>
    static readonly Dictionary<string, string> Parameters = new()
    {
        ["limit"] = "The most rows.",
        ["from"] = $"The earliest, inclusive: {Moments.Form}.",
        ["to"] = "The end; exclusive, except of days.",
        ["text"] = "What one of an entry's texts contains, in any case.",
        ["level"] = "warning, error or critical: at least as serious.",
        ["state"] = "open, resent or discarded.",
        ["code"] = "A rejection's code.",
        ["watermark"] = "A JSON object of \"epoch/partition\": next offset; without it, the log's end now.",
        ["store"] = "hot, history or both.",
        ["id"] = "Its number, name or id.",
        ["name"] = "extract, validate, load, reconcile or purge.",
        ["epoch"] = "Of a rejection's position.",
        ["partition"] = "Of a rejection's position.",
        ["offset"] = "Of a rejection's position.",
    };

    /// <summary>What a page may do: show what is ours, and ask us alone.</summary>
    const string PagePolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>One line on what a route does, for people who look for it, and what more there is to know.</summary>
    public static TBuilder Says<TBuilder>(this TBuilder route, string summary, string more = "")
        where TBuilder : IEndpointConventionBuilder => route.WithSummary(summary).WithDescription(more);

    /// <summary>What a body may look like.</summary>
    internal static TBuilder WithExample<TBuilder>(this TBuilder route, string json) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ExampleBody(json));

    public static void AddDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Caudal", Version = "1", Description = Introduction };
            // Where it was asked for; the page tries it there.
            document.Servers = [];
            document.Tags = null;
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Scheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "caudal_ID_SECRET",
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
            if (type == typeof(ProblemDetails))
                schema.Properties!["code"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String, Description = "What a program can tell it by: stable.",
                };
            if (Texts.TryGetValue(type, out var example))
                (schema.Type, schema.Examples) = (JsonSchemaType.String, [JsonValue.Create(example)]);
            return Task.CompletedTask;
        });
    });

    public static void MapDescription(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").WithMetadata(new OpenedByBrowser()).Needs(Right.Connect);
        // The page's own files would be open to all; health alone is.
        ((IEndpointConventionBuilder)pages).Finally(endpoint =>
        {
            foreach (var open in endpoint.Metadata.OfType<IAllowAnonymous>().ToList())
                endpoint.Metadata.Remove(open);
        });
        pages.MapOpenApi("/openapi/{documentName}.json");
        pages.MapScalarApiReference("/docs", page =>
        {
            page.WithTitle("Caudal").WithOpenApiRoutePattern("/openapi/{documentName}.json").AddDocument("v1").DisableDefaultFonts()
                .DisableTelemetry().DisableAgent().DisableMcp();
        }).AddEndpointFilter(async (asked, next) =>
        {
            asked.HttpContext.Response.Headers.ContentSecurityPolicy = PagePolicy;
            return await next(asked);
        });
    }

    static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var problem = new OpenApiSchemaReference(nameof(ProblemDetails), context.Document);
        var folder = context.Description.RelativePath!.Split('/') is ["api", var name, ..] ? name : "health";
        operation.Tags = new HashSet<OpenApiTagReference> { new(folder, context.Document) };
        foreach (var parameter in operation.Parameters ?? [])
            parameter.Description ??= Parameters.GetValueOrDefault(parameter.Name ?? "");
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ExampleBody>().FirstOrDefault() is { } example)
            foreach (var content in operation.RequestBody!.Content!.Values)
                content.Example = JsonNode.Parse(example.Json);
        operation.Responses ??= new();
        foreach (var (status, when) in ProblemsOf(context))
            operation.Responses.TryAdd($"{status}", new OpenApiResponse
            {
                Description = when,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new OpenApiMediaType { Schema = problem },
                },
            });
        if (RightOf(context) is not { } right)
            return Task.CompletedTask;
        operation.Description = $"{operation.Description} Takes a token of role: {RoleRights.Holders(right)}.".TrimStart();
        operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        return Task.CompletedTask;
    }

    static IEnumerable<(int Status, string When)> ProblemsOf(OpenApiOperationTransformerContext context)
    {
        var isOpen = RightOf(context) is null;
        if (context.Description.ParameterDescriptions.Count > 0)
            yield return (StatusCodes.Status400BadRequest, "Something in the request is missing or not as it must be; `detail` names it.");
        if (!isOpen)
        {
            yield return (StatusCodes.Status401Unauthorized, "There is no token, or it is not in force.");
            yield return (StatusCodes.Status403Forbidden, "The token is of another role.");
            yield return (StatusCodes.Status429TooManyRequests, "Too many requests; `Retry-After` says when to come back.");
            yield return (StatusCodes.Status500InternalServerError, "A fault of ours; the log says more.");
        }
        yield return (StatusCodes.Status503ServiceUnavailable, isOpen
            ? "It is not ready; `reasons` says why." : "It cannot be done now, or it is unknown whether it was (`outcome-unknown`).");
    }

    static Right? RightOf(OpenApiOperationTransformerContext context) =>
        Policies.RightOf(context.Description.ActionDescriptor.EndpointMetadata);

    sealed record ExampleBody(string Json);
}
