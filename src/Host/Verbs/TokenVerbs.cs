using System.CommandLine;
using Caudal.Access;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Spectre.Console;

namespace Caudal.Host.Verbs;

static class TokenVerbs
{
    const string Path = "/api/tokens";

    static string[] Roles => [.. Enum.GetNames<Role>().Select(role => role.ToLowerInvariant())];

    public static VerbCommand Build() => new(
        "token", "Who may call the API: make, list and revoke tokens",
        "caudal token create --role sender --name core-banking", "caudal token list", "caudal token revoke core-banking")
    {
        Create(), List(), Revoke(),
    };

    static VerbCommand Create()
    {
        var role = new Option<string>("--role")
        {
            Description = "viewer looks; sender hands in transactions; operator looks and decides; auditor looks, exports and reads the "
                + "audit; admin does everything",
            HelpName = "ROLE", Required = true,
        }.AcceptOnlyFromAmong(Roles);
        var name = new Option<string?>("--name")
        {
            Description = "Who is held to have done what is done with it [default: its role and id]", HelpName = "N",
        };
        var expires = new Option<string?>("--expires")
        {
            Description = "The time from which on it is refused [default: never]", HelpName = "T",
        };
        return new VerbCommand(
            "create", "Make a token and print it, once: Caudal keeps only its hash",
            "caudal token create --role sender --name core-banking", "TOKEN=$(caudal token create --role viewer --expires 2027-01-01)")
        {
            role, name, expires,
        }.Does(async (parse, session, cancellation) =>
        {
            session.MakeFolder();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var wish = new TokenWish(
                Enum.Parse<Role>(parse.GetRequiredValue(role), ignoreCase: true), parse.GetValue(name), parse.GetValue(expires));
            var made = await connection.Api.PostAsync(
                Path, wish, ApiJson.Default.TokenWish, ApiJson.Default.NewTokenAnswer, cancellation);
            session.Terminal.Result(made, ApiJson.Default.NewTokenAnswer, token => new Text(token.Token + "\n"));
            session.Terminal.Say($"This is {made.Name}, and it is not shown again. `caudal token revoke {made.Name}` ends it.");
            return ExitCode.Done;
        });
    }

    static VerbCommand List() => new VerbCommand("list", "List all tokens ever made, oldest first", "caudal token list")
        .Does(async (_, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var tokens = await connection.Api.GetAsync(Path, ApiJson.Default.TokenAnswerArray, cancellation);
            session.Terminal.Results(tokens, ApiJson.Default.TokenAnswer, Listed);
            return ExitCode.Done;
        });

    static VerbCommand Revoke()
    {
        var token = new Argument<string>("TOKEN") { Description = "Its name or its id, as `caudal token list` shows them" };
        return new VerbCommand("revoke", "End a token for good, at once", "caudal token revoke core-banking") { token }
            .Does(async (parse, session, cancellation) =>
            {
                session.RequireData();
                await using var connection = await Connection.OpenAsync(session, cancellation);
                var revoked = await connection.Api.PostAsync(
                    $"{Path}/{Uri.EscapeDataString(parse.GetRequiredValue(token))}/revoke", null, ApiJson.Default.TokenAnswer,
                    cancellation);
                session.Terminal.Result(revoked, ApiJson.Default.TokenAnswer, one => Listed([one]));
                return ExitCode.Done;
            });
    }

    static Listing Listed(IReadOnlyList<TokenAnswer> tokens)
    {
        var listing = new Listing("name", "role", "id", "in force", "made by", "made at", "expires", "revoked", "last used");
        foreach (var token in tokens)
            listing.Add(
                token.Name, $"{token.Role}", token.Id, token.InForce ? "yes" : "no", token.CreatedBy, $"{token.CreatedAt}",
                $"{token.ExpiresAt}", $"{token.RevokedAt}", $"{token.LastUsedAt}");
        return listing;
    }
}
