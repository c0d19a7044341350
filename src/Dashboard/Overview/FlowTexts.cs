using Caudal.Batch;
using Caudal.Dashboard.Languages;

namespace Caudal.Dashboard.Overview;

/// <summary>What the flow picture and the panels beside it say.</summary>
sealed class FlowTexts(Language language) : Texts(language)
{
    public string Flow => Of("El recorrido del dinero", "The way of the money");

    public string Sources => Of("Entradas", "Sources");

    public string SourcesWhat => Of("generador, HTTP, archivos", "generator, HTTP, files");

    public string Log => Of("Log", "The log");

    public string LogWhat => Of("mensajes durables", "durable messages");

    public string Ingest => Of("Ingesta", "Ingest");

    public string Queued(long lag, string text) => lag == 0 ? Of("sin cola", "no queue") : Of($"{text} en cola", $"{text} queued");

    public string RejectedLately(string count) => Of(
        $"{count} rechazados en los últimos minutos", $"{count} rejected in the last minutes");

    public string FailedAttempts(string count) => Of($"{count} intentos fallidos de esta corrida", $"{count} failed attempts of this run");

    public string RejectedByRun(string count) => Of($"{count} rechazados por la última corrida", $"{count} rejected by the last run");

    public string Hot => Of("Reciente", "Hot");

    public string HotWhat => Of("por archivar", "to be archived");

    public string Batch => Of("Lote", "Batch");

    public string NoRun => Of("sin corridas", "no run yet");

    public string Run(long number) => Of($"corrida {number}", $"run no. {number}");

    public string State(RunState state) => state switch
    {
        RunState.Purged => Of("probada", "proven"),
        RunState.WaitingForApproval => Of("espera aprobación", "waits for approval"),
        _ => Of("en curso", "under way"),
    };

    public string History => Of("Historia", "History");

    public string HistoryWhat => Of("archivadas y probadas", "archived and proven");

    public string PerSecond(string rate) => Of($"{rate} por s", $"{rate} per s");

    public string Rejections => Of("Rechazos abiertos", "Open rejections");

    public string OfEver(string count) => Of($"de {count} en total", $"of {count} ever");

    public string Duplicates => Of("Duplicados absorbidos", "Duplicates absorbed");

    public string NotTwice => Of("contados una sola vez", "counted once only");

    public string LastBatch => Of("Último lote", "Last batch");

    public string NextRun(string moment) => Of($"Próximo: {moment}", $"Next: {moment}");

    public string NoSchedule => Of("Sin horario", "No schedule");

    public string Took(string rows, string span) => Of($"{rows} filas en {span}", $"{rows} rows in {span}");

    public string Reconciliation => Of("Cuadre", "Reconciliation");

    public string Agrees => Of("Cuadra al centavo", "Agrees to the cent");

    public string Differs => Of("No cuadra", "Does not agree");

    public string Equation => Of(
        "mensajes = reciente + historia + rechazos + duplicados + cola", "messages = hot + history + rejections + duplicates + queue");

    public string OldestHot(string age) => Of($"la más antigua, hace {age}", $"the oldest, {age} ago");
}
