using Caudal.Batch;
using Caudal.Dashboard.Languages;
using Caudal.Scheduling;

namespace Caudal.Dashboard.Runs;

/// <summary>What the page on the batch says.</summary>
sealed class RunTexts(Language language) : Texts(language)
{
    public string Title => Of("Lote", "Batch");

    public string Next(string moment, string cron) => Of($"próxima corrida: {moment} ({cron})", $"next run: {moment} ({cron})");

    public string NoSchedule => Of("sin horario: las corridas se hacen a mano", "no schedule: runs are made by hand");

    public string AtWork => Of("el horario está haciendo corridas", "the schedule is making runs");

    public string RunNow => Of("Correr ahora", "Run now");

    public string GoOn => Of("Continuar la corrida", "Go on with the run");

    public string StepFailed(string step) => Of(
        $"El paso «{step}» falló. Lo que dice el programa:", $"The step “{step}” failed. The program says:");

    public string StandsStill => Of(
        "Esta corrida está detenida: nadie la está llevando.", "This run stands still: nobody is taking it on.");

    public string Retry => Of("Reintentar", "Try again");

    public string BackfillDays => Of("Días pendientes…", "Backfill…");

    public string Grid => Of("Corridas y pasos", "Runs and steps");

    public string GridUnit => Of(
        "verde solo cuando la historia se leyó de vuelta y cuadró", "green only once history was read back and agreed");

    public string DaysWithout(string first, string last) => first == last
        ? Of($"{first}: sin corrida", $"{first}: no run") : Of($"{first} a {last}: sin corrida", $"{first} to {last}: no run");

    public string Run => Of("Corrida", "Run");

    public string RunOf(long run) => Of($"Corrida {run}", $"Run {run}");

    public string Day => Of("Día", "Day");

    public string Rows => Of("Filas", "Rows");

    public string Sum => Of("Suma exacta", "Exact sum");

    public string Took => Of("Duración", "Took");

    public string State => Of("Estado", "State");

    public string By => Of("Quién", "By");

    public string Nothing => Of(
        "Todavía no hay corridas. Una corrida lleva lo reciente a la historia, lo prueba y recién entonces lo borra de lo reciente.",
        "There are no runs yet. A run takes what is hot to history, proves it, and only then removes it from hot.");

    public string Step(BatchStepName step) => step switch
    {
        BatchStepName.Extract => Of("Extraer", "Extract"),
        BatchStepName.Validate => Of("Validar", "Validate"),
        BatchStepName.Load => Of("Cargar", "Load"),
        BatchStepName.Reconcile => Of("Cuadrar", "Reconcile"),
        _ => Of("Purgar", "Purge"),
    };

    public string Said(StepLook look) => look switch
    {
        StepLook.Proven => Of("probado", "proven"),
        StepLook.Done => Of("hecho, aún sin probar", "done, not yet proven"),
        StepLook.Running => Of("en marcha", "running"),
        StepLook.Failed => Of("falló", "failed"),
        StepLook.Waiting => Of("espera a una persona", "waits for a person"),
        _ => Of("pendiente", "not yet"),
    };

    public string Of(RunState state) => state switch
    {
        RunState.Purged => Of("probada", "proven"),
        RunState.WaitingForApproval => Of("espera aprobación", "waits for approval"),
        RunState.Reconciled => Of("probada, falta purgar", "proven, to be purged"),
        _ => Of("en curso", "under way"),
    };

    public string Rule(QualityRule rule) => rule switch
    {
        QualityRule.FutureTimestamp => Of("Fecha más de un día en el futuro", "Time more than a day in the future"),
        QualityRule.SuspectedDuplicate => Of(
            "Posible duplicado: mismas partes, monto y hora", "Suspected duplicate: same parties, amount and time"),
        QualityRule.AmountAboveMax => Of("Monto sobre el máximo", "Amount above the greatest allowed"),
        _ => Of("Monto en cero", "Amount of zero"),
    };

    public string NeedsYou(long run) => Of(
        $"La corrida {run} espera su decisión: un control pasó su límite. Nada entra a la historia hasta entonces.",
        $"Run {run} waits for your decision: a check is over its limit. Nothing enters history until then.");

    public string See => Of("Ver y decidir", "Look and decide");

    public string Checks => Of("Calidad de los datos", "Data quality");

    public string Check => Of("Control", "Check");

    public string Failing => Of("Filas que fallan", "Failing rows");

    public string Share => Of("Proporción", "Share");

    public string Limit => Of("Límite", "Limit");

    public string Passes => Of("pasa", "passes");

    public string Over => Of("sobre el límite", "over the limit");

    public string FailingRows => Of("Filas que pasarían a rechazos", "Rows that would become rejections");

    public string FirstOnes(string count) => Of($"las primeras {count}", $"the first {count}");

    public string Approve => Of("Aprobar con todas sus filas", "Approve with all its rows");

    public string Decline => Of("Rechazar esas filas y seguir", "Reject those rows and go on");

    public string Why => Of("Motivo, queda en la auditoría", "Reason, kept in the audit");

    public string Decided(string words) => Of($"Decisión: {words}", $"Decision: {words}");

    public string NotYours => Of(
        "Decide quien tiene rol de operador o administrador.", "Whoever has the role operator or admin decides.");

    public string Attempts => Of("Pasos, intento por intento", "Steps, attempt by attempt");

    public string Attempt => Of("Intento", "Attempt");

    public string Began => Of("Empezó", "Began");

    public string Outcome => Of("Resultado", "Outcome");

    public string Progress(string done, string? rows) => rows is null
        ? Of($"{done} filas hasta ahora", $"{done} rows so far") : Of($"{done} de {rows} filas", $"{done} of {rows} rows");

    public string ReceiptOf => Of("Ver su comprobante", "See its receipt");

    public string Adds(string messages, string rows, string duplicates, string rejected) => Of(
        $"{messages} mensajes = {rows} filas + {duplicates} duplicados + {rejected} rechazos",
        $"{messages} messages = {rows} rows + {duplicates} duplicates + {rejected} rejections");

    public string Close => Of("Cerrar", "Close");

    public string From => Of("Desde", "From");

    public string To => Of("Hasta", "To");

    public string DryRun => Of("Ver qué se haría", "See what would be done");

    public string BackfillWhat => Of(
        "Una corrida por día terminado, del más antiguo al más reciente. Primero se muestra; nada cambia hasta que usted lo pida.",
        "One run for each day that is over, oldest first. It is shown first; nothing changes until you ask for it.");

    public string Settle(long days) => Of(
        $"Liquidar {days} {Many(days, "día", "días")}", $"Settle {days} {Many(days, "day", "days")}");

    public string NothingDue => Of(
        "Nada por hacer: ningún día de estos espera su corrida.", "Nothing to do: no day of these waits for its run.");

    public string Of(DayState state) => state switch
    {
        DayState.Settled => Of("liquidado", "settled"),
        DayState.Due => Of("por liquidar", "to be settled"),
        _ => Of("no ha terminado", "not over yet"),
    };

    public string Messages => Of("Mensajes sin liquidar", "Messages not settled");

    public string Backfilling(string day) => Of($"Liquidando {day}…", $"Settling {day}…");

    public string Key => Of("Clave", "Key");

    public string Range => Of("Tramo del log", "Range of the log");

    public string Stale(string why) => Of($"Lo que ve es lo último que se pudo leer: {why}", $"You see what could be read last: {why}");
}
