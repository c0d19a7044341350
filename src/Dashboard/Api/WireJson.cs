using System.Text.Json;
using Caudal.Transactions;
namespace Caudal.Dashboard.Api;
static class WireJson
{
    public static void Write(Utf8JsonWriter json, Transaction transaction)
    {
        json.WriteStartObject();
        json.WriteString(Wire.Id, transaction.Id.ToString());
        json.WriteEndObject();
    }
}
