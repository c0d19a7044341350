using System.Globalization;
using Caudal.Dashboard.Viewing;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Journeys;

/// <summary>Where one finds a transaction by what one writes: its id, a position of the log, or what its sender calls it.</summary>
static class Finding
{
    public static string At(TransactionId id) => $"/transaction/{id}";

    public static string At(Position position) => $"/transaction/{position}";

    /// <summary>
    /// The address; null where a text names no transaction. What senders call one stays out of addresses: it may be personal.
    /// </summary>
    public static async ValueTask<string?> AddressOfAsync(
        RunningPipeline pipeline, Views views, string text, CancellationToken cancellation)
    {
        if (TransactionId.TryParse(text, out var id))
            return At(id);
        if (TryReadPosition(text, out var position))
            return At(position);
        return await pipeline.Journeys.FindIdsAsync(text, cancellation) switch
        {
            [] => null,
            [var only] => At(only),
            _ => views.Address("/discover", new() { Reach = Reach.All, Query = View.Is(QueryField.IdText, text) }),
        };
    }

    public static bool TryReadPosition(string text, out Position position)
    {
        position = default;
        if (text.Split('/') is not [var epoch, var partition, var offset]
            || !Guid.TryParseExact(epoch, "D", out var named)
            || !int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var place) || place == long.MaxValue)
            return false;
        position = new(named, number, place);
        return true;
    }
}
