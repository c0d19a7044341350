using Caudal.Access;
using Caudal.Auditing;
using Caudal.Batch;
using Caudal.Generating;
using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Journeys;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Scheduling;

namespace Caudal.Dashboard;

/// <summary>What the routes and the pages stand on: the three stores, whichever engines are behind them, and the roles over them.</summary>
public sealed record RunningPipeline(
    string Topic, ITransactionLog Log, IHotStore Hot, IHistoryStore History, IngestWatch Ingest, Door Door,
    RejectionBook Rejections, BatchRunner Batch, Reconciler Reconciler, DayRuns Days, Scheduler Scheduler, LogRestoration Restoration,
    TokenBook Tokens, AuditTrail Audit, DemoFeed Demo, Surroundings Surroundings, TimeProvider Time)
{
    public JourneyReader Journeys { get; } = new(Log, Hot, History, Rejections, Topic);

    /// <summary>Why ingest is not getting on now, or null.</summary>
    public string? IngestFault => Ingest.Fault;
}
