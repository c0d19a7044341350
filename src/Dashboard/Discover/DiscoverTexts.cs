using Caudal.Dashboard.Languages;
using Caudal.Querying;

namespace Caudal.Dashboard.Discover;

/// <summary>What the page says on which transactions are searched.</summary>
public sealed class DiscoverTexts(Language language) : Texts(language)
{
    public string Title => Of("Explorar", "Discover");

    public string Where => Of("Dónde buscar", "Where to look");

    public string Store(string store) => store switch
    {
        "hot" => Of("Reciente", "Hot"),
        "history" => Of("Historia", "History"),
        _ => Of("Todo", "Both"),
    };

    public string Query => Of("Consulta", "Query");

    public string QueryHint => Of("Por ejemplo: app: \"DeUna\" and valor >= 500", "For example: app: \"DeUna\" and valor >= 500");

    public string Search => Of("Buscar", "Search");

    public string Searching => Of("Buscando…", "Searching…");

    public string Cancel => Of("Cancelar", "Cancel");

    public string Cancelled => Of("La búsqueda se canceló.", "The search was cancelled.");

    public string Suggestions => Of("Sugerencias", "Suggestions");

    public string Found(string count, string sum, string average) => Of(
        $"{count} transacciones, {sum} en total, {average} en promedio", $"{count} transactions, {sum} in all, {average} on average");

    public string Took(string span) => Of($"respondido en {span}", $"answered in {span}");

    public string OverTime(TimeUnit unit) => unit switch
    {
        TimeUnit.Minute => Of("Transacciones por minuto", "Transactions per minute"),
        TimeUnit.Hour => Of("Transacciones por hora", "Transactions per hour"),
        TimeUnit.Day => Of("Transacciones por día", "Transactions per day"),
        _ => Of("Transacciones por mes", "Transactions per month"),
    };

    public string Tail => Of("En vivo", "Live");

    public string TailOn => Of("En vivo: las últimas recibidas, cada segundo", "Live: the last to come in, each second");

    public string Csv => Of("Exportar CSV", "Export CSV");

    public string Lines => Of("Exportar JSON", "Export JSON");

    public string ExportWhat => Of(
        "Todo el resultado, sin límite de filas y con los números completos. Queda en la auditoría.",
        "The whole result, without a row limit and with whole numbers. It goes on record in the audit.");

    public string Fields => Of("Campos", "Fields");

    public string ShowColumn(string field) => Of($"Mostrar la columna {field}", $"Show the column {field}");

    public string TopValues => Of("Valores más frecuentes", "Most frequent values");

    public string Only(string value) => Of($"Solo {value}", $"Only {value}");

    public string Without(string value) => Of($"Sin {value}", $"Without {value}");

    public string RemoveFilter(string filter) => Of($"Quitar el filtro {filter}", $"Remove the filter {filter}");

    public string SortBy(string field) => Of($"Ordenar por {field}", $"Sort by {field}");

    public string Open => Of("Abrir la transacción", "Open the transaction");

    public string Journey => Of("Ver todo su recorrido", "See its whole journey");

    public string Json => Of("Como JSON", "As JSON");

    public string More => Of("Ver 100 más", "See 100 more");

    public string Enough(string count) => Of(
        $"Se muestran {count} filas. Para tenerlas todas, expórtelas o acote la búsqueda.",
        $"{count} rows are shown. To have them all, export them or narrow the search.");

    public string Nothing => Of("Ninguna transacción cumple esto.", "No transaction matches this.");

    public string Widen => Of("Buscar en todo el tiempo", "Search all of time");

    public string Masked => Of(
        "De cuentas y clientes se ven las últimas cuatro cifras.", "Of accounts and customers the last four digits are shown.");

    public string Why => Of("Motivo para ver los números completos", "Reason for seeing the whole numbers");

    public string Reveal => Of("Revelar", "Reveal");

    public string Revealed => Of("Revelado; queda en la auditoría.", "Revealed; it is on record in the audit.");

    public string Failing(string what) => Of(
        $"La búsqueda falló ({what}). Vuelva a intentarlo; el registro de Caudal dice más.",
        $"The search failed ({what}). Try again; Caudal's log says more.");
}
