using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Dashboard.Languages;
using Caudal.Transactions;

namespace Caudal.Dashboard.Discover;

/// <summary>A row as the API writes it, for people: a member a line, and numbers of people masked until somebody has said why.</summary>
static class RowJson
{
    /// <summary>What stands for members that may hold anything.</summary>
    public const string Hidden = "••••";

    public static string Write(Transaction row, bool isRevealed)
    {
        var members = JsonNode.Parse(WireJson.ToUtf8(row).Span)!.AsObject();
        if (!isRevealed)
        {
            foreach (var column in Column.All.Where(column => column.IsMasked && members.ContainsKey(column.Name)))
                members[column.Name] = Reader.Masked(Utf8Text.Of(members[column.Name]!.GetValue<string>()));
            if (members.ContainsKey(Wire.Extra))
                members[Wire.Extra] = Hidden;
        }
        var bytes = new ArrayBufferWriter<byte>();
        using (var legible = new Utf8JsonWriter(bytes, WireJson.WriterOptions with { Indented = true }))
            members.WriteTo(legible);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
