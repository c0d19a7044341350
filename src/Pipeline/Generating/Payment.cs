using System.Text;

namespace Caudal.Generating;

/// <summary>On which side of a payment the customer stands, and who stands on the other.</summary>
enum Counterpart
{
    /// <summary>One of those whom he pays again and again.</summary>
    Beneficiary,

    /// <summary>Another of his own accounts.</summary>
    Himself,

    /// <summary>Any business, the well-known ones more often.</summary>
    Business,

    /// <summary>His employer, who is the one that pays.</summary>
    Employer,
}

/// <summary>One kind of payment: how often, through what, to whom, how much, and how a bank prints it.</summary>
sealed record Payment(Counterpart Counterpart, Weighted Products, Amounts Amounts, Detail[] Details, int? App = null)
{
    public static readonly byte[][] AppNames = [.. Utf8("Banca Web", "DeUna", "Banca Móvil", "Otras Aplicaciones")];

    public static readonly byte[][] ProductNames = [.. Utf8("Ahorros", "Corriente", "Inversiones", "Tarjeta Crédito", "Tarjeta Débito")];

    const int DeUna = 1;

    static readonly Weighted Accounts = new(64, 36);
    static readonly Weighted Checking = new(0, 100);
    static readonly Weighted Investments = new(0, 0, 100);
    static readonly Weighted CreditCard = new(0, 0, 0, 100);
    static readonly Weighted DebitCard = new(0, 0, 0, 0, 100);
    static readonly Weighted AccountsAndCards = new(40, 15, 0, 20, 25);

    static readonly Detail[] Purchases = Detail.Of(
        "Consumo Supermercado La Colina {ref}", "Consumo Farmacia El Sauce {ref}", "Consumo Gasolinera Ruta Norte {ref}",
        "Consumo Restaurante La Esquina {ref}", "Consumo Panadería Trigo y Miel {ref}", "Consumo Ferretería El Tornillo {ref}",
        "Consumo Librería Papel y Tinta {ref}", "Consumo Almacén Mi Barrio {ref}", "Compra en línea {ref}", "Suscripción mensual {mes}",
        "Consumo Clínica del Valle {ref}", "Consumo Transporte Urbano");

    static readonly Payment[] Kinds =
    [
        new(Counterpart.Employer, Checking, Amounts.Salary, Detail.Of(
            "Pago nómina {mes}", "Pago nómina", "Acreditación de sueldo {mes}", "Pago quincena {mes}")),
        new(Counterpart.Beneficiary, Accounts, Amounts.Transfers, Detail.Of(
            "Transferencia a cuenta *{cuenta}", "Transferencia interbancaria *{cuenta}", "Transferencia {ref}", "Envío de dinero",
            "Transferencia a terceros *{cuenta}", "Abono préstamo familiar", "Pago de factura {ref}", "Pago a proveedor {ref}")),
        new(Counterpart.Himself, Accounts, Amounts.Transfers, Detail.Of(
            "Transferencia entre cuentas propias", "Ahorro programado {mes}", "Traspaso a cuenta *{cuenta}")),
        new(Counterpart.Business, DebitCard, Amounts.Purchases, Purchases),
        new(Counterpart.Business, CreditCard, Amounts.CardPurchases, Purchases),
        new(Counterpart.Business, AccountsAndCards, Amounts.Services, Detail.Of(
            "Pago planilla luz {mes}", "Pago planilla agua {mes}", "Pago internet {mes}", "Pago teléfono {mes}",
            "Pago televisión por cable {mes}", "Pago pensión escolar {mes}", "Débito automático seguro {mes}", "Pago impuesto predial")),
        new(Counterpart.Business, Accounts, Amounts.TopUps, Detail.Of("Recarga celular", "Recarga tarjeta de transporte", "Recarga peaje")),
        new(Counterpart.Business, Accounts, Amounts.Purchases, Detail.Of(
            "Pago QR comercio {ref}", "Cobro DeUna {ref}", "Pago con código QR"), DeUna),
        new(Counterpart.Business, CreditCard, Amounts.CardBills, Detail.Of(
            "Pago tarjeta de crédito {mes}", "Pago mínimo tarjeta de crédito", "Abono tarjeta *{cuenta}")),
        new(Counterpart.Beneficiary, Accounts, Amounts.Rents, Detail.Of(
            "Pago arriendo {mes}", "Arriendo local {mes}", "Alícuota condominio {mes}")),
        new(Counterpart.Himself, Investments, Amounts.Investments, Detail.Of(
            "Depósito a plazo fijo 90 días", "Depósito a plazo fijo 180 días", "Depósito a plazo fijo 360 días",
            "Aporte a fondo de inversión", "Cancelación de póliza {ref}")),
        new(Counterpart.Business, DebitCard, Amounts.Withdrawals, Detail.Of("Retiro cajero automático {ref}", "Retiro sin tarjeta")),
    ];

    // By day kind, in the order of the kinds above: salaries fall on payday, rents at the start of a month.
    static readonly Weighted[] Shares =
    [
        new(3, 210, 60, 190, 130, 80, 70, 140, 25, 7, 10, 75),
        new(330, 150, 70, 110, 70, 50, 30, 70, 30, 5, 15, 70),
        new(6, 200, 50, 160, 110, 130, 60, 110, 55, 40, 14, 65),
    ];

    public static Payment Pick(ref Dice dice, DayKind day) => Kinds[Shares[(int)day].Pick(ref dice)];

    static IEnumerable<byte[]> Utf8(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);
}

/// <summary>
/// What a bank prints: fixed text with at most one thing put in, named in braces: <c>{mes}</c>, <c>{cuenta}</c> (the other account's last
/// four digits) or <c>{ref}</c>.
/// </summary>
sealed record Detail(byte[] Before, string Insert, byte[] After)
{
    static readonly byte[][] Months =
    [
        .. "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".Split(' ')
            .Select(Encoding.UTF8.GetBytes),
    ];

    public static Detail[] Of(params string[] templates) => [.. templates.Select(Parse)];

    public void Write(ref Utf8Writer writer, int month, ReadOnlySpan<byte> account, int reference)
    {
        writer.Text(Before);
        if (Insert == "mes")
            writer.Text(Months[month]);
        else if (Insert == "cuenta")
            writer.Text(account[^4..]);
        else if (Insert == "ref")
            writer.Digits(reference, 6);
        writer.Text(After);
    }

    static Detail Parse(string template)
    {
        var parts = template.Split('{', '}');
        return parts.Length == 1
            ? new(Encoding.UTF8.GetBytes(template), "", [])
            : new(Encoding.UTF8.GetBytes(parts[0]), parts[1], Encoding.UTF8.GetBytes(parts[2]));
    }
}
