using System.Net;
using Caudal.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Tests.Api;

/// <summary>Walks every route of the running application, so that none can be forgotten.</summary>
public sealed class EveryRouteTests(ApiHost host) : IClassFixture<ApiHost>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    IEnumerable<RouteEndpoint> Routes => host.Server.Endpoints.OfType<RouteEndpoint>();

    /// <summary>Health, the page that asks who comes in, and the pages' style sheets and scripts, which are everybody's.</summary>
    static readonly string[] Open = ["/assets/extract", "/enter", "/enter", "/health/live", "/health/ready"];

    [Fact]
    public void Every_route_names_a_policy_but_for_health_and_the_way_in()
    {
        Routes.Count().ShouldBeGreaterThan(20);
        Routes.Where(route => route.Metadata.GetMetadata<IAuthorizeData>()?.Policy is null).Select(Path).Order().ShouldBe(Open);
        Routes.Where(route => route.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(Path).Order().ShouldBe(Open);
    }

    [Fact]
    public async Task Every_other_route_is_closed_to_those_without_a_token()
    {
        foreach (var (route, method) in Asked())
        {
            using var response = await SendAsync(host.Anonymous, method, route);
            if (route.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                response.Headers.WwwAuthenticate.ShouldBeEmpty(Path(route));
                continue;
            }
            await response.ShouldBeProblemAsync(401, "no-token");
            response.Headers.WwwAuthenticate.ShouldNotBeEmpty($"{method} {Path(route)}");
        }
    }

    [Fact]
    public async Task Every_route_is_open_to_the_roles_that_have_its_right_and_to_no_other()
    {
        foreach (var (route, method) in Asked())
            if (route.Metadata.GetMetadata<IAuthorizeData>()?.Policy is { } policy)
                foreach (var role in Enum.GetValues<Role>())
                {
                    using var response = await SendAsync(host.As(role), method, route);
                    if (role.Allows(Enum.Parse<Right>(policy, ignoreCase: true)))
                        ((int)response.StatusCode).ShouldNotBeOneOf([401, 403, 500], $"{role}: {method} {Path(route)}");
                    else
                        (await response.ShouldBeProblemAsync(403, "wrong-role")).GetProperty("detail").GetString()!
                            .ShouldContain("admin", customMessage: $"{role}: {method} {Path(route)}");
                }
    }

    IEnumerable<(RouteEndpoint Route, string Method)> Asked() =>
        from route in Routes
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (route, method);

    static string Path(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "epoch" } => $"{Guid.Empty}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "name" } => "extract",
            _ => "1",
        }))));

    static async Task<HttpResponseMessage> SendAsync(HttpClient client, string method, RouteEndpoint route)
    {
        using var request = new HttpRequestMessage(new(method), Path(route));
        if (method != "GET")
            request.Content = Asking.Json("{}");
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
