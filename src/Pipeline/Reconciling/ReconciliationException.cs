namespace Caudal.Reconciling;

/// <summary>Two hops that must agree do not; the message says which, where, and by how much. Final: never retried.</summary>
public sealed class ReconciliationException(string message) : Exception(message);
