using Caudal.Batch;
using Caudal.Transactions;

namespace Caudal.History;

/// <summary>What is written about a staged row: a verdict on its id, or the name of the <see cref="QualityRule"/> that it fails.</summary>
public static class Verdict
{
    /// <summary>History, or an earlier row, has the same under the id.</summary>
    public const string Duplicate = "Duplicate";

    /// <summary>History, or an earlier row, has something else under the id.</summary>
    public const string Conflict = "Conflict";

    /// <summary>A list for IN: the verdicts that keep a row out of history and make it a rejection.</summary>
    public static string Rejecting(IReadOnlyList<QualityRule> declined) =>
        string.Join(", ", declined.Select(rule => $"'{rule}'").Prepend($"'{Conflict}'"));

    /// <summary>What the rejection says of it.</summary>
    public static (string Code, string Sentence) Explain(string verdict) => verdict == Conflict
        ? (Fault.IdConflict.Code, Fault.IdConflict.Sentence)
        : (FaultCode.Declined, $"A person declined the rows that fail {verdict}: {Enum.Parse<QualityRule>(verdict).Describe()}.");
}
