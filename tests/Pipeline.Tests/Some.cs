using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>
/// Valid things to test with, numbered: the same number gives the same thing, another number another. Number n stands at offset n of the
/// one partition, names transaction n, and its amount is n + 1 cents, so that sums are easily told.
/// </summary>
static class Some
{
    public const string Topic = "financial_transactions";

    public static readonly Guid Epoch = new("6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f");

    public static readonly LogPartition Partition = new(Epoch, 0);

    /// <summary>2025-09-13T05:12:15.093369Z: when transaction 0 happened. Number n follows n seconds later.</summary>
    public static readonly Instant Start = new(1_757_740_335_093_369);

    static readonly Utf8Text[] Apps = ["Banca Web", "DeUna", "Banca Móvil", "Otras Aplicaciones"];
    static readonly Utf8Text[] Products = ["Ahorros", "Corriente", "Inversiones", "Tarjeta Crédito", "Tarjeta Débito"];

    public static Position Position(long n) => new(Partition, n);

    public static TransactionId Id(int n)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], n);
        bytes[6] = 0x80;
        bytes[8] = 0x80;
        return new(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Transaction <paramref name="n"/>, altered by <paramref name="with"/> where given; its digest fits.</summary>
    /// <example><c>Some.Transaction(3, some => some with { Amount = new(500), Position = Some.Position(9) })</c></example>
    public static Transaction Transaction(int n, Func<Transaction, Transaction>? with = null)
    {
        var transaction = new Transaction
        {
            Id = Id(n),
            App = Apps[n % Apps.Length],
            DebtorId = Digits(4_677_717_306 + n),
            Amount = new(n + 1),
            Product = Products[n % Products.Length],
            DebtorAccount = Digits(1_582_464_633 + n),
            CreditorAccount = Digits(3_216_342_883 + n),
            Detail = $"Transacción {n}",
            Timestamp = Start + TimeSpan.FromSeconds(n),
            Position = Position(n),
            AppendedAt = Start + TimeSpan.FromSeconds(n + 1),
            Digest = default,
        };
        return Digested(with is null ? transaction : with(transaction));
    }

    public static IReadOnlyList<Transaction> Transactions(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(n => Transaction(n))];

    public static Transaction Digested(Transaction transaction) => transaction with { Digest = CanonicalForm.DigestOf(transaction) };

    /// <summary>The message that decodes to transaction <paramref name="n"/> when judged with <see cref="Origin"/> n.</summary>
    public static byte[] Message(int n) => Message(Transaction(n));

    /// <summary>A message that decodes to the transaction: as an application would send it, with its <c>id</c>.</summary>
    public static byte[] Message(Transaction transaction) => Encoding.UTF8.GetBytes(
        $$"""
        {"id": "{{transaction.IdText?.ToString() ?? transaction.Id.ToString()}}", "app": "{{transaction.App}}",
        "id_ordenante": "{{transaction.DebtorId}}", "valor": {{transaction.Amount}},
        "producto": "{{transaction.Product}}", "cuenta_ordenante": "{{transaction.DebtorAccount}}",
        "cuenta_beneficiario": "{{transaction.CreditorAccount}}",
        "detalle": "{{transaction.Detail}}", "timestamp": "{{transaction.Timestamp}}"{{Members(transaction.Extra)}}}
        """.Replace("\n", " ", StringComparison.Ordinal));

    public static MessageOrigin Origin(int n) => new(Topic, Position(n), Start + TimeSpan.FromSeconds(n + 1), AssignedId: null);

    /// <summary>As <see cref="Message(int)"/>, keyed by the debtor's account, ready to be appended.</summary>
    public static LogMessage LogMessage(int n) => new(Message(n), Transaction(n).DebtorAccount.Bytes);

    /// <summary>As the log gives it back when message n was appended as its n-th.</summary>
    public static LogRecord Record(int n) => new(Position(n), Start + TimeSpan.FromSeconds(n + 1), LogMessage(n));

    static string Members(Utf8Text? extra) => extra is { } json ? $", {json.ToString()[1..^1]}" : "";

    static Utf8Text Digits(long number) => number.ToString(CultureInfo.InvariantCulture);
}
