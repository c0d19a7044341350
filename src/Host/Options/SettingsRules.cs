using System.Net;
using Caudal.Scheduling;
using Cronos;

namespace Caudal.Host.Options;

/// <summary>What settings must be beyond their types.</summary>
static class SettingsRules
{
    static readonly (string Name, TimeSpan Least)[] ShortestDurations =
    [
        ("Audit:Retention", TimeSpan.FromDays(1)),
        ("Audit:EventRetention", TimeSpan.FromDays(1)),
        ("Http:IdempotencyWindow", TimeSpan.FromMinutes(1)),
        ("Http:RequestTimeMax", TimeSpan.FromSeconds(1)),
        ("Http:StopDelay", TimeSpan.Zero),
    ];

    public static IEnumerable<(SettingKey Key, string Sentence)> Broken(CaudalSettings settings)
    {
        if (settings.Data.Length == 0)
            yield return (Key("Data"), "must name a folder.");
        if (settings.Log.Engine is not ("sqlite" or "kafka"))
            yield return (Key("Log:Engine"), $"must be sqlite or kafka, not '{settings.Log.Engine}'.");
        foreach (var rule in KafkaRules.Broken(settings))
            yield return rule;
        if (settings.Hot.Engine is not ("duckdb" or "elasticsearch"))
            yield return (Key("Hot:Engine"), $"must be duckdb or elasticsearch, not '{settings.Hot.Engine}'.");
        foreach (var rule in ElasticsearchRules.Broken(settings.Elasticsearch))
            yield return rule;
        if (settings.History.Engine is not ("duckdb" or "postgres"))
            yield return (Key("History:Engine"), $"must be duckdb or postgres, not '{settings.History.Engine}'.");
        if (settings.History is { Engine: "postgres", Connection: null or "" })
            yield return (Key("History:Connection"),
                "must be given for postgres: Host=…;Database=…;Username=…;Password=… (from the environment: CAUDAL_History__Connection).");
        if (settings.History.BusinessZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(settings.History.BusinessZone, out _))
            yield return (Key("History:BusinessZone"),
                $"must be the IANA name of a time zone such as America/Guayaquil, not '{settings.History.BusinessZone}'.");
        if (settings.Ingest.Topic.Length == 0 || settings.Ingest.Topic.Any(char.IsWhiteSpace))
            yield return (Key("Ingest:Topic"), "must be a name without spaces.");
        if (settings.Ingest.Group.Length == 0)
            yield return (Key("Ingest:Group"), "must be a name.");
        foreach (var key in SettingKey.All)
            if (key.Read(settings) is int and < 1 && key.Name is not ("Http:Port" or "Probe:Port" or "Elasticsearch:Replicas")
                || key.Read(settings) is long and < 0)
                yield return (key, $"must be at least {(key.Property.PropertyType == typeof(int) ? 1 : 0)}.");
        if (settings.Elasticsearch.Replicas < 0)
            yield return (Key("Elasticsearch:Replicas"), "must be at least 0.");
        if (settings.Http.Port is < 0 or > 65535)
            yield return (Key("Http:Port"), "must lie between 0 and 65535.");
        if (settings.Probe.Port is < 1 or > 65535)
            yield return (Key("Probe:Port"), "must lie between 1 and 65535.");
        if (!IPAddress.TryParse(settings.Probe.Address, out _))
            yield return (Key("Probe:Address"), "must be an IP address such as 0.0.0.0.");
        if (settings.Pages.Currency is not { Length: 3 } currency || !currency.All(char.IsAsciiLetterUpper))
            yield return (Key("Pages:Currency"), "must be a currency's three letters in ISO 4217, such as USD.");
        if (!IPAddress.TryParse(settings.Http.Address, out var address))
            yield return (Key("Http:Address"), "must be an IP address such as 127.0.0.1.");
        else if (!IPAddress.IsLoopback(address) && settings.Http is { CertificateFile: null, ProxyInFront: false })
            yield return (Key("Http:Address"),
                "may be another than a loopback address only with TLS: set Http:CertificateFile (and Http:CertificateKeyFile) to a "
                + "certificate in PEM, or Http:ProxyInFront to true where a proxy in front speaks TLS and alone reaches the port.");
        if (settings.Telemetry.SampleRatio is < 0 or > 1)
            yield return (Key("Telemetry:SampleRatio"), "must lie between 0 and 1.");
        if (settings.Telemetry.OtlpEndpoint is { } endpoint
            && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return (Key("Telemetry:OtlpEndpoint"), "must be an address such as http://localhost:4317.");
        foreach (var (name, least) in ShortestDurations)
            if (Key(name) is var key && key.Read(settings) is TimeSpan duration && duration < least)
                yield return (key, $"must be at least {least}.");
        if (settings.Schedule.Zone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            yield return (Key("Schedule:Zone"), $"must be the IANA name of a time zone such as America/Guayaquil, not '{zone}'.");
        foreach (var (key, cron) in new[] { (Key("Schedule:Cron"), settings.Schedule.Cron), (Key("Demo:Cron"), settings.Demo.Cron) })
            if (CronFault(cron) is { } fault)
                yield return (key, fault);
        if (settings.Http is { CertificateFile: null, CertificateKeyFile: not null })
            yield return (Key("Http:CertificateKeyFile"), "is of no use without Http:CertificateFile.");
    }

    static string? CronFault(string cron)
    {
        try
        {
            var timetable = Timetable.Of(new() { Cron = cron }, TimeZoneInfo.Utc);
            return timetable is null || timetable.After(new(0)) is not null ? null : $"names no time there is: '{cron}'.";
        }
        catch (CronFormatException malformed)
        {
            return $"must be cron such as '30 0 * * *' (minute, hour, day, month, weekday) or 'off', not '{cron}': {malformed.Message}";
        }
    }

    static SettingKey Key(string name) => SettingKey.Find(name)!;
}
