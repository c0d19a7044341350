using System.Collections;
using Caudal.Host;
using Caudal.Host.Options;

namespace Caudal.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void The_stronger_source_wins_and_is_named()
    {
        var settings = EffectiveSettings.Of([
            new("Http:Port", "5601", "caudal.json"), new("Ingest:Topic", "pagos", "caudal.json"),
            new("Http:Port", "5602", "environment CAUDAL_Http__Port"),
            new("Http:Port", "5603", "--port")]);

        settings.Settings.Http.Port.ShouldBe(5603);
        settings.Settings.Ingest.Topic.ShouldBe("pagos");
        settings.Settings.Http.RowsMax.ShouldBe(new HttpSettings().RowsMax);
        Source(settings, "Http:Port").ShouldBe("--port");
        Source(settings, "Ingest:Topic").ShouldBe("caudal.json");
        Source(settings, "Http:RowsMax").ShouldBe("default");
    }

    [Theory]
    [InlineData("Htp:Port", "Http:Port")]
    [InlineData("Port", "Http:Port")]
    [InlineData("Log:Motor", "Log:Engine")]
    [InlineData("Ingest:CommitRecordMax", "Ingest:CommitRecordsMax")]
    public void A_key_that_is_not_known_is_an_error_that_names_the_nearest(string key, string nearest) =>
        Refused(key, "1").ShouldContain($"did you mean {nearest}?");

    [Fact]
    public void Postgres_needs_a_connection() =>
        Refused("History:Engine", "postgres").ShouldContain("History:Connection must be given");

    [Theory]
    [InlineData("Host=db;Database=caudal;Username=ana;Password=s3cret", "host=db;database=caudal;username=ana;password=(set)")]
    [InlineData("Host=db;PWD=s3cret;SSL Password=s3cret;SSL Mode=Require", "host=db;pwd=(set);ssl password=(set);ssl mode=Require")]
    [InlineData("postgresql://ana:s3cret@db/caudal", "(set)")]
    public void A_connection_is_shown_without_its_password(string connection, string shown) =>
        EffectiveSettings.Of([new("History:Connection", connection, "caudal.json")]).Lines
            .Single(line => line.Key == "History:Connection").Value.ShouldBe(shown);

    [Theory]
    [InlineData("Hot:Engine", "mongodb", "duckdb or elasticsearch")]
    [InlineData("History:Engine", "mysql", "must be duckdb or postgres")]
    [InlineData("Log:Engine", "sqllite", "must be sqlite or kafka")]
    [InlineData("Kafka:Password", "secret", "with Kafka:User")]
    [InlineData("Kafka:User", "caudal", "with Kafka:Password")]
    [InlineData("Kafka:AuthorityFile", "ca.pem", "without Kafka:Tls")]
    [InlineData("Kafka:InSyncReplicasMin", "4", "must not exceed Kafka:ReplicationFactor")]
    [InlineData("Kafka:SessionDuration", "00:00:01", "between 00:00:06")]
    [InlineData("Elasticsearch:Addresses", "https://one:9200,two", "https://host:9200")]
    [InlineData("Elasticsearch:Addresses", "https://u:p@one:9200", "without a user")]
    [InlineData("Elasticsearch:Index", "Financial", "small letter")]
    [InlineData("Elasticsearch:User", "caudal", "with Elasticsearch:Password")]
    [InlineData("Elasticsearch:AuthorityFile", "ca.pem", "https://")]
    [InlineData("Elasticsearch:Replicas", "-1", "at least 0")]
    [InlineData("Elasticsearch:RetryTimeMax", "00:00:00", "between 00:00:01")]
    [InlineData("Kafka:Mechanism", "gssapi", "plain or scramsha256 or scramsha512")]
    [InlineData("History:BusinessZone", "Ecuador/Quito", "IANA name")]
    [InlineData("Ingest:Topic", "two words", "without spaces")]
    [InlineData("Ingest:CommitRecordsMax", "0", "at least 1")]
    [InlineData("Ingest:CommitRecordsMax", "many", "a whole number")]
    [InlineData("Ingest:CommitRecordsMax", "1e5", "a whole number")]
    [InlineData("Batch:AmountZeroPerMillionMax", "-1", "at least 0")]
    [InlineData("Batch:AmountMax", "10000", "an amount with two decimals")]
    [InlineData("Http:Port", "65536", "between 0 and 65535")]
    [InlineData("Http:Address", "0.0.0.0", "Http:ProxyInFront")]
    [InlineData("Http:Address", "192.168.1.7", "Http:CertificateFile")]
    [InlineData("Http:CertificateKeyFile", "key.pem", "without Http:CertificateFile")]
    [InlineData("Telemetry:SampleRatio", "2", "between 0 and 1")]
    [InlineData("Telemetry:SampleRatio", "a little", "a number")]
    [InlineData("Telemetry:OtlpEndpoint", "localhost", "http://localhost:4317")]
    [InlineData("Audit:Retention", "01:00:00", "at least 1.00:00:00")]
    [InlineData("Http:ProxyInFront", "yes", "true or false")]
    [InlineData("Http:RequestTimeMax", "00:00:00", "at least 00:00:01")]
    [InlineData("Batch:AmountMax", "-0.01", "an amount with two decimals")]
    [InlineData("Http:Address", "localhost", "an IP address")]
    [InlineData("Batch:LogRetention", "60", "a duration")]
    [InlineData("Demo:Cron", "every minute", "must be cron")]
    [InlineData("Schedule:Cron", "0 24 * * *", "hours")]
    [InlineData("Schedule:Cron", "0 0 30 2 *", "no time there is")]
    [InlineData("Schedule:Zone", "Quito", "IANA name")]
    [InlineData("Schedule:Reach", "1", "days or now")]
    [InlineData("Data", "", "must name a folder")]
    public void A_value_that_does_not_fit_is_an_error_that_says_what_would(string key, string value, string sentence)
    {
        var error = Refused(key, value);
        error.ShouldContain(sentence);
        error.ShouldContain(key);
        error.ShouldContain("(a test)");
    }

    [Theory]
    [InlineData("Http:Address", "::1")]
    [InlineData("Http:Port", "0")]
    [InlineData("Batch:AmountMax", "10000.00")]
    [InlineData("Batch:LogRetention", "00:05:00")]
    [InlineData("Demo:Cron", "*/10 * * * * *")]
    [InlineData("Schedule:Cron", "off")]
    [InlineData("Schedule:Cron", "0 6 * * MON-FRI")]
    [InlineData("Schedule:Reach", "now")]
    [InlineData("History:BusinessZone", "America/Guayaquil")]
    [InlineData("http:port", "5700")]
    public void A_value_that_fits_is_taken(string key, string value) =>
        Source(EffectiveSettings.Of([new(key, value, "a test")]), SettingKey.Find(key)!.Name).ShouldBe("a test");

    [Fact]
    public void All_errors_are_told_at_once() =>
        Should.Throw<UsageException>(() =>
            EffectiveSettings.Of([new("Bogus", "1", "a"), new("Http:Port", "-1", "b"), new("Log:Engine", "x", "c")]))
            .Message.Split('\n').Length.ShouldBe(3);

    [Fact]
    public void Every_setting_of_the_types_is_a_key_with_a_default_that_holds()
    {
        SettingKey.All.Select(key => key.Name).ShouldBeUnique();
        foreach (var key in SettingKey.All.Where(key => key.Default.Length > 0))
            EffectiveSettings.Of([new(key.Name, key.Default, "its own default")]);
    }

    [Fact]
    public void A_file_may_hold_comments_and_nested_or_flat_keys()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "c.json");
        File.WriteAllText(path, """
            { /* ours */ "Http": { "Port": 5700, }, "Log:Engine": "sqlite", "History": { "BusinessZone": null } }
            """);

        SettingsSources.File(path).ShouldBe([new("Http:Port", "5700", "c.json"), new("Log:Engine", "sqlite", "c.json")]);
    }

    [Theory]
    [InlineData("{ \"Http\": ", "no JSON")]
    [InlineData("[]", "one JSON object")]
    public void A_file_that_is_no_settings_is_refused(string content, string sentence)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "c.json");
        File.WriteAllText(path, content);

        Should.Throw<UsageException>(() => SettingsSources.File(path).ToList()).Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_file_that_was_named_must_be_there() =>
        Should.Throw<UsageException>(() => SettingsSources.File("/nowhere/c.json")).Message.ShouldContain("There is no settings file");

    [Fact]
    public void The_environment_is_read_by_its_prefix() =>
        SettingsSources.Environment(new Hashtable { ["CAUDAL_Log__Engine"] = "sqlite", ["PATH"] = "/bin", ["CAUDAL_Data"] = "d" })
            .ShouldBe([new("Data", "d", "environment CAUDAL_Data"), new("Log:Engine", "sqlite", "environment CAUDAL_Log__Engine")]);

    static string Refused(string key, string value) =>
        Should.Throw<UsageException>(() => EffectiveSettings.Of([new(key, value, "a test")])).Message;

    static string Source(EffectiveSettings settings, string key) => settings.Lines.Single(line => line.Key == key).Source;
}
