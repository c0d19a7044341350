using Caudal.Dashboard.Languages;
using Caudal.Ingesting;
using Caudal.Transactions;

namespace Caudal.Dashboard.Rejected;

/// <summary>What the page on rejections says.</summary>
sealed class RejectionTexts(Language language) : Texts(language)
{
    public string Title => Of("Rechazos", "Rejections");

    public string Count(string open, string ever) => Of($"{open} sin resolver, {ever} en total", $"{open} open, {ever} ever");

    public string Show => Of("Mostrar", "Show");

    public string Of(RejectionState state) => state switch
    {
        RejectionState.Open => Of("Sin resolver", "Open"),
        RejectionState.Resent => Of("Reenviados", "Re-sent"),
        _ => Of("Descartados", "Discarded"),
    };

    public string All => Of("Todos", "All");

    public string Causes => Of("Por causa", "By cause");

    public string CausesUnit => Of("mensajes", "messages");

    public string Nothing => Of(
        "No hay rechazos aquí. Lo que no se pueda aceptar aparece en esta página con sus bytes exactos y el motivo; nada se pierde.",
        "There are no rejections here. What cannot be accepted shows on this page with its exact bytes and the reason; nothing is lost.");

    public string Cause(string code) => code switch
    {
        FaultCode.TooLarge => Of("Mensaje demasiado grande", "Message too large"),
        FaultCode.NotUtf8 => Of("No es texto UTF-8", "Not UTF-8 text"),
        FaultCode.NotJson => Of("No es JSON", "Not JSON"),
        FaultCode.NotAnObject => Of("No es un objeto JSON", "Not a JSON object"),
        FaultCode.TooDeep => Of("Anidado de más", "Nested too deep"),
        FaultCode.RepeatedKey => Of("Campo repetido", "Repeated field"),
        FaultCode.NulCharacter => Of("Carácter nulo en un texto", "NUL character in a text"),
        FaultCode.LoneSurrogate => Of("Carácter a medias en un texto", "Half a character in a text"),
        FaultCode.MissingField => Of("Falta un campo", "Missing field"),
        FaultCode.WrongType => Of("Tipo de dato equivocado", "Wrong type"),
        FaultCode.Blank => Of("Campo en blanco", "Blank field"),
        FaultCode.TooLong => Of("Texto demasiado largo", "Text too long"),
        FaultCode.AmountNotANumber => Of("El monto no es un número", "Amount is no number"),
        FaultCode.AmountNegative => Of("Monto negativo", "Negative amount"),
        FaultCode.AmountDecimals => Of("Monto con más de dos decimales", "Amount with more than two decimals"),
        FaultCode.AmountTooLarge => Of("Monto demasiado grande", "Amount too large"),
        FaultCode.TimestampInvalid => Of("Fecha inválida", "Invalid time"),
        FaultCode.TimestampOutOfRange => Of("Fecha fuera de rango", "Time out of range"),
        FaultCode.IdConflict => Of("Id ya usado con otro contenido", "Id taken with other contents"),
        FaultCode.StoreRefused => Of("El buscador no lo acepta", "The hot store's index refuses it"),
        FaultCode.Lost => Of("Perdido con un log anterior", "Lost with an earlier log"),
        FaultCode.Declined => Of("Rechazado por una persona en el lote", "Declined by a person in the batch"),
        _ => Of($"Otra causa: {code}", $"Other cause: {code}"),
    };

    public string In(string field) => Of($"en {field}", $"in {field}");

    public string Messages => Of("Mensajes", "Messages");

    public string FirstOnes(string shown, string all) => Of($"los {shown} más recientes de {all}", $"the newest {shown} of {all}");

    public string Select => Of("Elegir", "Select");

    public string When => Of("Cuándo", "When");

    public string Where => Of("Posición", "Position");

    public string Size => Of("Bytes", "Size in bytes");

    public string State => Of("Estado", "State");

    public string Source(long? run) => run is { } some ? Of($"corrida {some}", $"run {some}") : Of("ingesta", "ingest");

    public string From => Of("Origen", "Origin");

    public string DiscardChosen(string count) => Of($"Descartar {count} elegidos", $"Discard {count} selected");

    public string DiscardAll(string count) => Of($"Descartar los {count} de esta causa", $"Discard all {count} of this cause");

    public string ResendChosen(string count) => Of($"Reenviar {count} elegidos tal cual", $"Re-send {count} selected as they are");

    public string Why => Of("Motivo, queda en la auditoría", "Reason, kept in the audit");

    public string AtWork(string done, string total) => Of($"Resolviendo {done} de {total}…", $"Settling {done} of {total}…");

    public string LeftAsTheyWere(string why) => Of($"Algunos quedaron como estaban: {why}", $"Some were left as they were: {why}");

    public string Message => Of("El mensaje", "The message");

    public string PlaceOfFault => Of("lo marcado es el lugar de la falla", "what is marked is the place of the fault");

    public string Cut(string kept, string whole) => Of(
        $"Se conservan los primeros {kept} de {whole} bytes.", $"The first {kept} of {whole} bytes are kept.");

    public string Masked => Of(
        "Los números de cuenta y de cliente muestran sus últimos cuatro dígitos. Para corregir el mensaje hace falta verlo entero.",
        "Numbers of accounts and customers show their last four digits. To correct the message one has to see it whole.");

    public string Reveal => Of("Ver entero y corregir", "See it whole and correct it");

    public string Revealed => Of("Visto entero; queda en la auditoría.", "Seen whole; it is on record in the audit.");

    public string NotText => Of(
        "No es texto: se puede descartar, o reenviar corregido con `caudal rejections resend --edited`.",
        "It is no text: it can be discarded, or re-sent corrected with `caudal rejections resend --edited`.");

    public string Edit => Of("Corrección", "Correction");

    public string Before => Of("Antes", "Before");

    public string After => Of("Después", "After");

    public string WouldPass => Of("Así se aceptaría", "This would be accepted");

    public string WouldFail(string why) => Of($"Así se volvería a rechazar: {why}", $"This would be rejected again: {why}");

    public string Resend => Of("Reenviar", "Re-send");

    public string EditMany => Of("Corregir los elegidos a la vez", "Correct those selected at once");

    public string EditManyWhat => Of(
        "se reenvían solo los que así se aceptarían; los números siguen ocultos",
        "only those are sent that would be accepted so; numbers stay masked");

    public string ReplaceThis => Of("Texto por reemplazar", "Text to be replaced");

    public string ByThis => Of("Texto que lo reemplaza", "What replaces it");

    public string ResendEdited(string taken, string chosen) => Of(
        $"Reenviar {taken} corregidos de {chosen}", $"Re-send {taken} corrected of {chosen}");

    public string NoneHasIt => Of("Ninguno de los elegidos contiene ese texto.", "None of those selected contains that text.");

    public string Discard => Of("Descartar", "Discard");

    public string Discarded(string why) => Of($"Descartado: {why}", $"Discarded: {why}");

    public string Close => Of("Cerrar", "Close");

    public string Stale(string why) => Of($"Lo que ve es lo último que se pudo leer: {why}", $"You see what could be read last: {why}");
}
