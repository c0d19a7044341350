namespace Caudal.Dashboard;

/// <summary>An engine behind a port, by the names that people know.</summary>
/// <param name="Port">log, hot or history.</param>
/// <param name="Version">Of what is embedded here, or of the client where the engine is a server; null where neither says.</param>
public sealed record EngineNote(string Port, string Engine, string? Version);

/// <summary>
/// Where the process runs and on what: for people to read, since no route and no page asks which engine is behind a port.
/// </summary>
/// <param name="DataFolder">Where the embedded engines keep their files.</param>
public sealed record Surroundings(string DataFolder, IReadOnlyList<EngineNote> Engines);
