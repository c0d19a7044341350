using Caudal.Dashboard.Languages;

namespace Caudal.Dashboard.Proof;

/// <summary>What the page on reconciliation says.</summary>
sealed class ProofTexts(Language language) : Texts(language)
{
    public string Title => Of("Cuadre", "Reconciliation");

    public string AsOf(string moment, string zone) => Of($"al {moment}, {zone}", $"as of {moment}, {zone}");

    public string Agrees(string messages) => Of(
        $"Cuadra al centavo: los {messages} mensajes están ubicados", $"Agrees to the cent: all {messages} messages are accounted for");

    public string AgreesWhy => Of(
        "Cada mensaje del log está en un solo lugar, y conteos, sumas y huellas coinciden salto por salto.",
        "Each message of the log is in one place only, and counts, sums and digests agree hop by hop.");

    public string Differs(long count) => Of(
        $"No cuadra: {count} {Many(count, "diferencia", "diferencias")}",
        $"Does not agree: {count} {Many(count, "difference", "differences")}");

    public string DiffersWhy => Of(
        "Abajo dice dónde. Verifique todo para llegar a las transacciones que difieren; nada se borra mientras no cuadre.",
        "Below it says where. Verify everything to reach the transactions that differ; nothing is deleted while it does not agree.");

    public string NotKnown => Of("Todavía sin dato", "Not known yet");

    public string Equation => Of("Cada mensaje, en un solo lugar", "Each message, in one place only");

    public string EquationUnit => Of("mensajes", "messages");

    public string InLog => Of("Mensajes", "Messages");

    public string Messages => Of("Mensajes del log", "Messages of the log");

    public string Hot => Of("Reciente", "Hot");

    public string History => Of("Historia", "History");

    public string Rejections => Of("Rechazos", "Rejections");

    public string Duplicates => Of("Duplicados", "Duplicates");

    public string Queue => Of("En cola", "Queued");

    public string Hops => Of("Salto por salto", "Hop by hop");

    public string HopsUnit(string currency) => Of(
        $"sumas en {currency}; la huella suma el contenido de cada fila", $"sums in {currency}; the digest adds up what each row holds");

    public string Hop => Of("Lugar", "Place");

    public string Count => Of("Cantidad", "Count");

    public string Sum => Of("Suma exacta", "Exact sum");

    public string Digest => Of("Huella", "Digest");

    public string Accepted => Of("Transacciones aceptadas", "Transactions accepted");

    public string NoSumOfBytes => Of(
        "sin monto: son bytes que no se pudieron aceptar", "no amount: they are bytes that could not be accepted");

    public string NoSumOfQueue => Of("sin monto: la ingesta aún no las leyó", "no amount: ingest has yet to read them");

    public string Awaiting(string rows) => Of(
        $"y {rows} ya archivadas que esperan su purga", $"and {rows} that are archived and wait for their purge");

    public string Migrated(string rows) => Of(
        $"incluye {rows} tomadas de una tabla anterior", $"{rows} of them taken over from an older table");

    public string Open(string count) => Of($"{count} sin resolver", $"{count} open");

    public string Verify => Of("Verificar todo ahora", "Verify everything now");

    public string Verifying(string done, string total) => Of(
        $"Recalculando desde las columnas: {done} de {total}", $"Re-hashing from the columns: {done} of {total}");

    public string VerifyWhat => Of(
        "Recalcula la huella de cada fila desde sus columnas, la compara con los comprobantes y con el log, y nombra los ids que difieren.",
        "Hashes every row anew from its columns, compares with the receipts and the log, and names the ids that differ.");

    public string Verified(string rows) => Of(
        $"Verificado: {rows} filas y mensajes recalculados, todo coincide.", $"Verified: {rows} rows and messages hashed anew, all agree.");

    public string VerifiedNot(long count) => Of(
        $"Verificado: {count} {Many(count, "diferencia", "diferencias")}, abajo una por una.",
        $"Verified: {count} {Many(count, "difference", "differences")}, one by one below.");

    public string Differences => Of("Diferencias", "Differences");

    public string What => Of("Qué difiere", "What differs");

    public string Transaction => Of("Transacción", "Transaction");

    public string PositionInLog => Of("Posición en el log", "Position in the log");

    public string First(string shown, string all) => Of($"las primeras {shown} de {all}", $"the first {shown} of {all}");

    public string Receipts => Of("Comprobantes", "Receipts");

    public string ReceiptsUnit => Of(
        "uno por corrida, cada uno encadenado al anterior", "one a run, each chained to the one before");

    public string NoReceipts => Of(
        "Aún no hay comprobantes: la primera corrida del lote deja el primero.", "No receipts yet: the first batch run leaves the first.");

    public string ToBatch => Of("Ir al lote", "To the batch");

    public string Run => Of("Corrida", "Run");

    public string Day => Of("Día", "Day");

    public string Rows => Of("Filas", "Rows");

    public string Proven => Of("probado", "proven");

    public string Altered => Of("alterado", "altered");

    public string State => Of("Estado", "State");

    public string ReceiptOf(long run) => Of($"Comprobante de la corrida {run}", $"Receipt of run {run}");

    public string Adds(string messages, string rows, string duplicates, string rejections) => Of(
        $"{messages} mensajes = {rows} filas + {duplicates} duplicados + {rejections} rechazos",
        $"{messages} messages = {rows} rows + {duplicates} duplicates + {rejections} rejections");

    public string Hash => Of("Sello SHA-256", "SHA-256 seal");

    public string Before => Of("Sello anterior", "Seal of the one before");

    public string FirstOfAll => Of("ninguno: es el primero", "none: it is the first");

    public string App => Of("Aplicación", "Application");

    public string Product => Of("Producto", "Product");

    public string Close => Of("Cerrar", "Close");

    public string All => Of("En total", "All together");

    public string Stale(string why) => Of($"Lo que ve es lo último que se pudo leer: {why}", $"You see what could be read last: {why}");
}
