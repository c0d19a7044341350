namespace Caudal.Host.Composition;

/// <summary>What a process does with the stores that it opens.</summary>
/// <param name="Verb">What it runs as: <c>up</c>, <c>batch run</c>.</param>
/// <param name="Ingests">Where the stores are shared, ingest is the roles' that are for it.</param>
/// <param name="Socket">Where it serves verbs beside it or itself; null for nowhere.</param>
/// <param name="OpensPort">True where it serves the API and the pages on the port.</param>
sealed record Duties(string Verb, bool Ingests, string? Socket, bool OpensPort)
{
    /// <summary>True of those that run until they are told to stop, and are watched.</summary>
    public bool IsRole => Owner.IsRole(Verb);

    /// <summary>Of a role: what its verb says.</summary>
    public static Duties OfRole(string verb, DataFolder folder, EngineChoice engines) =>
        new(verb, Ingests: verb is not "serve", engines.AreShared ? null : folder.Socket, OpensPort: verb is not "ingest");

    /// <summary>Of a short verb, which serves itself for as long as it takes. Shared stores have others that ingest.</summary>
    public static Duties OfVerb(string verb, DataFolder folder, EngineChoice engines) =>
        new(verb, Ingests: !engines.AreShared, engines.AreShared ? DataFolder.SocketOfThisProcess : folder.Socket, OpensPort: false);
}
