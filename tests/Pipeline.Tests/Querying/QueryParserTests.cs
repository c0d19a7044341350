using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Tests.Querying;

public sealed class QueryParserTests
{
    static readonly TimeZoneInfo Quito = TimeZoneInfo.FindSystemTimeZoneById("America/Guayaquil");

    [Theory]
    [InlineData("", "everything")]
    [InlineData("   ", "everything")]
    [InlineData("app: DeUna", "app=[DeUna]")]
    [InlineData("app:DeUna", "app=[DeUna]")]
    [InlineData("app: \"Banca Web\"", "app=[Banca Web]")]
    [InlineData("app: \"con \\\"comillas\\\"\"", "app=[con \"comillas\"]")]
    [InlineData("app: \"and\"", "app=[and]")]
    [InlineData("app: Banca*", "app=[Banca|]")]
    [InlineData("app: \"Banca*\"", "app=[Banca*]")]
    [InlineData("*", "everything")]
    [InlineData("app: *", "app=[any]")]
    [InlineData("app: \"*\"", "app=[*]")]
    [InlineData("app: Banca\\ W**b", "app=[Banca W|b]")]
    [InlineData("app: a\\*b*", "app=[a*b|]")]
    [InlineData("app: \"(((((((((((((((((((((((((((((((((((\"", "app=[(((((((((((((((((((((((((((((((((((]")]
    [InlineData("not batch_date: *", "not batch_date=[any]")]
    [InlineData("batch_date > 2025-09-13", "batch_date in 20345..")]
    [InlineData("run: 7", "run in 7..8")]
    [InlineData("valor: 100..200.50", "valor in 10000..20051")]
    [InlineData("timestamp: 2025-09-13..2025-09-14", "timestamp in 2025-09-13T05:00:00.000000Z..2025-09-15T05:00:00.000000Z")]
    [InlineData("@timestamp >= 2025-09-13Z", "timestamp in 2025-09-13T00:00:00.000000Z..")]
    [InlineData("detalle: a..b", "detalle=[a..b]")]
    [InlineData("position: 6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f/2/7",
        "(epoch=6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f and partition in 2..3 and offset in 7..8)")]
    [InlineData("detalle: *Nómina*", "detalle=[|nomina|]")]
    [InlineData("detalle: \"Peña  ÜBER\"", "detalle=[pena  uber]")]
    [InlineData("valor: 500", "valor in 50000..50001")]
    [InlineData("valor >= 500", "valor in 50000..")]
    [InlineData("valor > 367.6", "valor in 36761..")]
    [InlineData("valor < 0.01", "valor in ..1")]
    [InlineData("valor<=9999999999999999.99", "valor in ..1000000000000000000")]
    [InlineData("valor >= -1", "valor in -100..")]
    [InlineData("timestamp >= 2025-09-13", "timestamp in 2025-09-13T05:00:00.000000Z..")]
    [InlineData("timestamp <= 2025-09-13", "timestamp in ..2025-09-14T05:00:00.000000Z")]
    [InlineData("timestamp: 2025-09-13T10:15Z", "timestamp in 2025-09-13T10:15:00.000000Z..2025-09-13T10:16:00.000000Z")]
    [InlineData("timestamp > \"2025-09-13T10:15:00.000001-05:00\"", "timestamp in 2025-09-13T15:15:00.000002Z..")]
    [InlineData("id: 0f3c9c1e-8a4b-8d2f-9b1e-6f1d2c3b4a59", "id=0f3c9c1e-8a4b-8d2f-9b1e-6f1d2c3b4a59")]
    [InlineData("id: PED-77", "id_texto=[PED-77]")]
    [InlineData("producto: (Ahorros or Corriente)", "(producto=[Ahorros] or producto=[Corriente])")]
    [InlineData("app: A and producto: B or valor: 1", "((app=[A] and producto=[B]) or valor in 100..101)")]
    [InlineData("app: A and (producto: B or valor: 1)", "(app=[A] and (producto=[B] or valor in 100..101))")]
    [InlineData("not app: A and producto: B", "(not app=[A] and producto=[B])")]
    [InlineData("NOT not app: A", "not not app=[A]")]
    [InlineData("app: A AND producto: B", "(app=[A] and producto=[B])")]
    [InlineData("\n app : A \n", "app=[A]")]
    [InlineData("app: android", "app=[android]")]
    [InlineData(
        "app: \"Banca Web\" and valor >= 500 and not producto: (Ahorros or Corriente) and detalle: *nomina*",
        "(app=[Banca Web] and valor in 50000.. and not (producto=[Ahorros] or producto=[Corriente]) and detalle=[|nomina|])")]
    public void A_query_is_read_as(string text, string meaning) => Say(QueryParser.Parse(text, Quito)).ShouldBe(meaning);

    [Theory]
    [InlineData("ap: x", 0, "Did you mean app?")]
    [InlineData("app: A and prodcto: x", 11, "Did you mean producto?")]
    [InlineData("zzzzzzzz: x", 0, "There is no field zzzzzzzz")]
    [InlineData("app", 0, "After app an operator is needed")]
    [InlineData("app \"Banca Web\"", 0, "After app an operator is needed")]
    [InlineData("app:", 4, "Expected a value")]
    [InlineData("app: (A or)", 10, "Expected")]
    [InlineData("(app: A", 7, "Expected )")]
    [InlineData("app: A)", 6, "Expected and, or, or the end")]
    [InlineData("app: A producto: B", 7, "Expected and, or, or the end")]
    [InlineData("app: A and", 10, "Expected a condition")]
    [InlineData("and app: A", 0, "Expected a condition")]
    [InlineData("app > A", 6, "app is text and has no order")]
    [InlineData("valor: mucho", 7, "valor is an amount")]
    [InlineData("valor: 1,5", 7, "valor is an amount")]
    [InlineData("valor > 367.605", 8, "valor is an amount")]
    [InlineData("timestamp: ayer", 11, "timestamp is a time")]
    [InlineData("id: abc*", 4, "compared as a whole")]
    [InlineData("valor: 5*", 7, "compared as a whole")]
    [InlineData("valor: 5..", 10, "valor is an amount")]
    [InlineData("valor: 5..3", 7, "The range ends before it begins")]
    [InlineData("valor > *", 8, "compared as a whole")]
    [InlineData("timestamp <= 9999-12-31", 13, "timestamp is a time")]
    [InlineData("offset: 9223372036854775807", 8, "offset is a whole number")]
    [InlineData("position: 7", 10, "position is written epoch/partition/offset")]
    [InlineData("position > 7", 11, "no order")]
    [InlineData("epoch: 7", 7, "epoch is a hyphenated UUID")]
    [InlineData("app: \"Banca", 11, "close the quotes")]
    [InlineData("app: Banca\\", 11, "stand for itself")]
    [InlineData("app = DeUna", 0, "app: value")]
    [InlineData("app: 'Banca Web'", 12, "needs quotes")]
    [InlineData("nomina", 0, "detalle: *nomina*")]
    [InlineData("prodcto", 0, "Did you mean producto")]
    public void A_query_that_cannot_be_read_says_where_and_what_to_do(string text, int column, string words)
    {
        var error = Should.Throw<QueryException>(() => QueryParser.Parse(text, Quito));

        error.Message.ShouldContain(words);
        error.Column.ShouldBe(column, error.Message);
    }

    [Fact]
    public void A_query_is_bounded_in_length_and_depth()
    {
        Should.Throw<QueryException>(() => QueryParser.Parse(new string('a', 5000), Quito)).Message.ShouldContain("at most 4096");
        Should.Throw<QueryException>(() => QueryParser.Parse(new string('(', 40), Quito)).Message.ShouldContain("at most 32");
        Should.Throw<QueryException>(() => QueryParser.Parse(Repeated("not ", 40) + "app: A", Quito)).Message.ShouldContain("at most 32");
        QueryParser.Parse(Repeated("app: A or ", 400) + "app: B", Quito).ShouldBeOfType<Query.Either>().Parts.Length.ShouldBe(401);
    }

    [Fact]
    public void An_error_points_at_its_column()
    {
        var error = Should.Throw<QueryException>(() => QueryParser.Parse("app: A\n and prodcto: x", Quito));

        error.Point("app: A\n and prodcto: x").ShouldBe("   and prodcto: x\n       ^");
        new QueryException("", 4).Point("app:").ShouldBe("  app:\n      ^");
    }

    static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    static string Say(Query query) => query switch
    {
        Query.Both { Parts.IsEmpty: true } => "everything",
        Query.Both both => $"({string.Join(" and ", both.Parts.Select(Say))})",
        Query.Either either => $"({string.Join(" or ", either.Parts.Select(Say))})",
        Query.Not not => $"not {Say(not.Part)}",
        Query.Has has => $"{has.Field}=[any]",
        Query.IdIs id => $"{id.Field}={id.Value}",
        Query.TextIs text => $"{text.Field.Name}=[{string.Join('|', text.Pattern.Pieces)}]",
        Query.In { Field.Kind: FieldKind.Time } time => $"{time.Field} in {Moment(time.From)}..{Moment(time.To)}",
        Query.In range => $"{range.Field} in {range.From}..{range.To}",
        _ => throw new NotSupportedException(query.ToString()),
    };

    static string Moment(long? microseconds) => microseconds is { } since ? new Instant(since).ToString() : "";
}
