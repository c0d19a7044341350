using Caudal.Dashboard.Languages;
using Caudal.Journeys;

namespace Caudal.Dashboard.Journeys;

/// <summary>What the page on one transaction says, and the box that leads to it.</summary>
sealed class JourneyTexts(Language language) : Texts(language)
{
    public string Title => Of("Transacción", "Transaction");

    public string Find => Of("Buscar una transacción", "Find a transaction");

    public string FindHint => Of("Id o posición", "Id or position");

    public string NobodyCallsOneSo => Of("Ninguna transacción se llama así.", "No transaction is called so.");

    public string Invitation => Of(
        "Escriba el id de una transacción, el nombre que le dio quien la envió o una posición del log, y verá su recorrido completo: del "
        + "mensaje al comprobante.",
        "Write a transaction's id, what its sender calls it, or a position of the log, and you see its whole journey: from the message to "
        + "the receipt.");

    public string NoId(string text) => Of(
        $"«{text}» no es un id (0f3c9c1e-8a4b-8d2f-9b1e-6f1d2c3b4a59) ni una posición (época/partición/offset).",
        $"“{text}” is neither an id (0f3c9c1e-8a4b-8d2f-9b1e-6f1d2c3b4a59) nor a position (epoch/partition/offset).");

    public string Looking => Of("Buscando en todos los almacenes…", "Looking in every store…");

    public string NotFound(string what, string many) => Of(
        $"Ningún almacén tiene {what}, ni los {many} rechazos más recientes. Si acaba de enviarse, aparecerá aquí por sí sola.",
        $"No store has {what}, nor do the newest {many} rejections. If it has just been sent, it will show here by itself.");

    public string Failing(string why) => Of($"No se pudo buscar: {why}", $"It could not be looked for: {why}");

    public string Stale(string why) => Of($"Lo que ve es lo último que se pudo leer: {why}", $"You see what could be read last: {why}");

    public string Headline(Standing standing) => standing switch
    {
        Standing.NotRead => Of("En el log, aún sin leer", "In the log, not yet read"),
        Standing.Received => Of("Recibida, espera su lote", "Received, waits for its batch"),
        Standing.Archived => Of("En la historia, aún sin probar", "In history, not yet proven"),
        Standing.Proven or Standing.ProvenAwaitsPurge => Of("En la historia, y probada", "In history, and proven"),
        Standing.OfOlderTable => Of("En la historia, de una tabla anterior", "In history, from an older table"),
        Standing.Duplicate => Of("Mensaje duplicado", "Duplicate message"),
        Standing.Open => Of("Rechazado, sin resolver", "Rejected, and open"),
        Standing.Resent or Standing.ResentNotSeen => Of("Rechazado, y enviado de nuevo", "Rejected, and sent again"),
        _ => Of("Rechazado y descartado", "Rejected and discarded"),
    };

    public string Explain(Standing standing) => standing switch
    {
        Standing.NotRead => Of(
            "Es durable. La ingesta todavía no llega a esta posición.", "It is durable. Ingest has yet to come to this position."),
        Standing.Received => Of(
            "Se puede buscar desde que se indexó. La próxima corrida la lleva a la historia.",
            "It can be searched since it was indexed. The next run takes it to history."),
        Standing.Archived => Of(
            "Falta que su corrida la relea y selle su comprobante. La copia en caliente no se cuenta dos veces.",
            "Its run has yet to read it back and seal its receipt. The copy in hot does not count twice."),
        Standing.ProvenAwaitsPurge => Of(
            "Su comprobante está sellado; la copia en caliente espera la purga y no se cuenta dos veces.",
            "Its receipt is sealed; the copy in hot waits for the purge and does not count twice."),
        Standing.Proven => Of(
            "Su corrida la volvió a leer de la historia, idéntica, y selló su comprobante.",
            "Its run read it back from history, equal, and sealed its receipt."),
        Standing.OfOlderTable => Of(
            "Ningún log la tuvo, así que su recorrido empieza en la historia.", "No log ever had it, so its journey begins in history."),
        Standing.Duplicate => Of(
            "La misma transacción ya se había recibido en otra posición: cuenta una sola vez.",
            "The same transaction had come before at another position: it counts once."),
        Standing.Open => Of(
            "No cuenta como transacción hasta que alguien la corrija y la envíe de nuevo, o la descarte con un motivo.",
            "It is no transaction until somebody corrects it and sends it again, or discards it with a reason."),
        Standing.Resent => Of(
            "Lo que se aceptó en su lugar se ve abajo.", "What was taken in its place is shown below."),
        Standing.ResentNotSeen => Of(
            "Se envió de nuevo bajo su identidad; ningún almacén la tiene todavía.",
            "It was sent again under its identity; no store has it yet."),
        _ => Of("Alguien decidió que no se procese; el motivo está en la auditoría.",
            "Somebody decided that it is not to be taken; the reason is in the audit."),
    };

    public string TimeLine => Of("Recorrido", "Journey");

    public string Name(Milestone milestone) => milestone switch
    {
        Milestone.Happened => Of("Ocurrió", "Happened"),
        Milestone.Appended => Of("Durable en el log", "Durable in the log"),
        Milestone.Indexed => Of("Decodificada e indexada", "Decoded and indexed"),
        Milestone.Rejected => Of("Rechazada", "Rejected"),
        Milestone.Extracted => Of("Extraída por el lote", "Extracted by the batch"),
        Milestone.Validated => Of("Validada", "Validated"),
        Milestone.Loaded => Of("Cargada en la historia", "Loaded into history"),
        Milestone.Reconciled => Of("Cuadrada, con comprobante", "Reconciled, with a receipt"),
        _ => Of("Retirada de caliente", "Removed from hot"),
    };

    public string NotYet => Of("pendiente", "not yet");

    public string BySender => Of("según quien la envió", "as its sender says");

    public string Run(long id) => Of($"corrida {id}", $"run {id}");

    public string Receipt(long run) => Of($"comprobante de la corrida {run}", $"receipt of run {run}");

    public string BatchDay(string day) => Of($"día de lote {day}", $"batch day {day}");

    public string HotRow => Of("La fila en caliente", "The row in hot");

    public string HistoryRow => Of("La fila en la historia", "The row in history");

    public string OtherRow => Of("La transacción que sí se aceptó", "The transaction that was taken");

    public string ItsJourney => Of("Ver su recorrido", "See its journey");

    public string Message => Of("El mensaje, como está en el log", "The message, as the log has it");

    public string Bytes(string length) => Of($"{length} bytes en total", $"{length} bytes in all");

    public string WorkOnIt => Of("Corregir o descartar", "Correct or discard");

    public string LogForgotIt => Of(
        "El log ya olvidó este mensaje: su comprobante responde por él.",
        "The log has forgotten this message: its receipt vouches for it.");

    public string NoLogHadIt => Of("Esta fila vino de una tabla anterior: ningún log tuvo su mensaje.",
        "This row came from an older table: no log had its message.");
}
