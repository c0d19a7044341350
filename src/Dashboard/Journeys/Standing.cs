using Caudal.Ingesting;
using Caudal.Journeys;

namespace Caudal.Dashboard.Journeys;

/// <summary>How a message stands now, as one answer to the question of who asks for it.</summary>
public enum Standing
{
    NotRead,
    Received,
    Archived,
    Proven,
    ProvenAwaitsPurge,
    OfOlderTable,
    Duplicate,
    Open,
    Resent,
    ResentNotSeen,
    Discarded,
}

static class Standings
{
    public static Standing Of(Journey found) => found switch
    {
        { Place: Place.Log } => Standing.NotRead,
        { Place: Place.Hot } => Standing.Received,
        { Place: Place.Duplicates } => Standing.Duplicate,
        { Place: Place.History, Position: null } => Standing.OfOlderTable,
        { Place: Place.History, Receipt: null } => Standing.Archived,
        { Place: Place.History } => found.AwaitsPurge ? Standing.ProvenAwaitsPurge : Standing.Proven,
        { Rejection.State: RejectionState.Open } => Standing.Open,
        { Rejection.State: RejectionState.Resent } => found.Row is null ? Standing.ResentNotSeen : Standing.Resent,
        _ => Standing.Discarded,
    };

    /// <summary>The colour that goes with it.</summary>
    public static string LookOf(Standing standing) => standing switch
    {
        Standing.Proven or Standing.ProvenAwaitsPurge => "good",
        Standing.Open => "bad",
        Standing.Duplicate or Standing.Resent or Standing.Discarded or Standing.OfOlderTable => "settled",
        _ => "wait",
    };
}
