using Caudal.Dashboard.Languages;

namespace Caudal.Dashboard.Overview;

/// <summary>What the overview says while there is nothing to look at.</summary>
sealed class FirstRunTexts(Language language) : Texts(language)
{
    public string Title => Of("Todavía no hay transacciones", "There are no transactions yet");

    public string Invitation => Of(
        "Caudal está listo. Elija cómo entran las primeras: aparecerán aquí en menos de un segundo.",
        "Caudal is ready. Choose how the first ones come in: they show here in less than a second.");

    public string Demo => Of("Ver una demostración", "See a demonstration");

    public string DemoWhat => Of(
        "Un generador produce transacciones de un banco imaginario, con errores y duplicados como en la vida real, mientras corra Caudal.",
        "A generator makes the transactions of an imaginary bank, with faults and duplicates as in real life, until Caudal stops.");

    public string DemoStart => Of("Iniciar el generador", "Start the generator");

    public string DemoRuns => Of("El generador está en marcha…", "The generator is running…");

    public string File => Of("Traer un archivo", "Bring a file");

    public string FileWhat => Of(
        "NDJSON, JSON o CSV, también comprimido con gzip o zstd. Cada fila mala se reporta con su motivo; nada se pierde.",
        "NDJSON, JSON or CSV, also compressed with gzip or zstd. Each bad row is reported with its reason; nothing is lost.");

    public string FileChoose => Of("Suelte aquí un archivo, o haga clic para elegirlo", "Drop a file here, or click to choose one");

    public string FileReading(string name) => Of($"Leyendo {name}…", $"Reading {name}…");

    public string Taken(string rows, string accepted, string rejected, string duplicates) => Of(
        $"{rows} filas: {accepted} aceptadas, {rejected} rechazadas, {duplicates} duplicadas.",
        $"{rows} rows: {accepted} accepted, {rejected} rejected, {duplicates} duplicates.");

    public string See => Of("Verlas en el panorama", "See them in the overview");

    public string Reason => Of("Motivo", "Reason");

    public string Rows => Of("Filas", "Rows");

    public string FirstRows => Of("Primeras filas", "First rows");

    public string Api => Of("Enviar por HTTP", "Send over HTTP");

    public string ApiWhat => Of(
        "Para una aplicación: cree un token y envíe una transacción. Copie esto en una terminal de este equipo.",
        "For an application: make a token and send a transaction. Copy this into a terminal on this machine.");

    public string Copy => Of("Copiar", "Copy");

    public string Copied => Of("Copiado", "Copied");

    public string NotYours => Of(
        "Para esto hace falta un token con permiso de enviar (rol admin).", "This takes a token that may send (role admin).");
}
