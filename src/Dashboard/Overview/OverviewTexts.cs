using Caudal.Dashboard.Languages;
using Caudal.Querying;

namespace Caudal.Dashboard.Overview;

/// <summary>What the overview says.</summary>
sealed class OverviewTexts(Language language) : Texts(language)
{
    public string Title => Of("Panorama", "Overview");

    public string AsOf(string clock, string zone) => Of($"Datos de las {clock} ({zone})", $"As of {clock} ({zone})");

    public string Pause => Of("Pausar", "Pause");

    public string GoOn => Of("Reanudar", "Resume");

    public string Paused(string clock) => Of($"En pausa desde las {clock}", $"Paused since {clock}");

    public string SeeTransactions => Of("Ver transacciones", "See transactions");

    public string RemoveFilter(string filter) => Of($"Quitar el filtro {filter}", $"Remove the filter {filter}");

    public string TransactionsNow => Of("Transacciones por segundo", "Transactions per second");

    public string MoneyNow => Of("Dinero por segundo", "Money per second");

    public string LastSeconds => Of("media de los últimos 10 s", "average of the last 10 s");

    public string InRange => Of("Transacciones en el período", "Transactions in the range");

    public string MoneyInRange => Of("Dinero en el período", "Money in the range");

    public string Average => Of("Monto promedio", "Average amount");

    public string MedianAndMost(string median, string most) => Of(
        $"mediana {median}, 99 % hasta {most}", $"median {median}, 99% up to {most}");

    public string Oldest => Of("Más antigua sin procesar", "Oldest unprocessed");

    public string NothingWaits => Of("Ninguna", "None");

    public string Age(TimeSpan age) => age < TimeSpan.FromSeconds(1) ? Of("menos de 1 s", "under 1 s") : Reader.Span(age);

    public string Waiting(string count) => Of($"{count} en cola para ingesta", $"{count} queued for ingest");

    public string Volume => Of("Volumen en el tiempo", "Volume over time");

    public string PerUnit(TimeUnit unit) => Of("transacciones por ", "transactions per ") + UnitName(unit);

    public string AverageOver => Of("Monto promedio en el tiempo", "Average amount over time");

    public string AveragePerUnit(TimeUnit unit) => Of("por ", "per ") + UnitName(unit);

    public string DragHint => Of("Arrastre para acercar", "Drag to zoom in");

    public string ByApp => Of("Por aplicación", "By application");

    public string ByAppUnit => Of("transacciones y su parte", "transactions and their share");

    public string TopProducts => Of("Productos principales", "Top products");

    public string TopProductsUnit => Of("dinero y su parte", "money and its share");

    public string Others => Of("Otros", "Others");

    public string Amounts => Of("Distribución de montos", "Distribution of amounts");

    public string AmountsUnit => Of("% de las transacciones, por monto desde", "% of transactions, by amount from");

    public string Sample(string count) => Of($"muestra de {count}", $"sample of {count}");

    public string OnlyThese(string exact) => Of($"{exact}. Ver solo estas", $"{exact}. See only these");

    public string NothingInRange => Of("No hay transacciones en este período.", "There are no transactions in this range.");

    public string NewestIs(string moment) => Of($"La más reciente es del {moment}.", $"The newest is of {moment}.");

    public string SeeAll => Of("Ver todo", "See everything");

    public string Failing(string what) => Of(
        $"No se pudo actualizar ({what}). Lo que ve es lo último leído; se vuelve a intentar solo.",
        $"This could not be brought up to date ({what}). What you see was read last; it is tried again by itself.");

    public string BadQuery(string what) => Of($"Esa consulta no se entiende: {what}", $"That query cannot be read: {what}");

    public string IngestStands(string what) => Of($"La ingesta no avanza: {what}", $"Ingest is not getting on: {what}");

    string UnitName(TimeUnit unit) => unit switch
    {
        TimeUnit.Minute => Of("minuto", "minute"),
        TimeUnit.Hour => Of("hora", "hour"),
        TimeUnit.Day => Of("día", "day"),
        _ => Of("mes", "month"),
    };
}
