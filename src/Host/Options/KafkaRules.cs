namespace Caudal.Host.Options;

/// <summary>What the settings under <c>Kafka</c> must be beyond their types.</summary>
static class KafkaRules
{
    /// <summary>What Kafka lets a topic be called, with room for <c>.rejections</c>.</summary>
    const int TopicLengthMax = 230;

    public static IEnumerable<(SettingKey Key, string Sentence)> Broken(CaudalSettings settings)
    {
        var kafka = settings.Kafka;
        var topic = settings.Ingest.Topic;
        if (settings.Log.Engine == "kafka"
            && (topic.Length > TopicLengthMax || topic.Any(sign => !char.IsAsciiLetterOrDigit(sign) && !"._-".Contains(sign))))
            yield return (Key("Ingest:Topic"), "must be a name of letters, digits, '.', '_' and '-' on Kafka.");
        if (kafka.Servers.Length == 0)
            yield return (Key("Kafka:Servers"), "must name brokers as host:port,host:port.");
        if (kafka is { User: not null, Password: null })
            yield return (Key("Kafka:User"), "must be given with Kafka:Password.");
        if (kafka is { User: null, Password: not null })
            yield return (Key("Kafka:Password"), "must be given with Kafka:User.");
        if (kafka is { AuthorityFile: not null, Tls: false })
            yield return (Key("Kafka:AuthorityFile"), "is of no use without Kafka:Tls.");
        if (kafka.InSyncReplicasMin > kafka.ReplicationFactor)
            yield return (Key("Kafka:InSyncReplicasMin"), "must not exceed Kafka:ReplicationFactor.");
        if (kafka.ReplicationFactor > short.MaxValue)
            yield return (Key("Kafka:ReplicationFactor"), "is more than any cluster has.");
        foreach (var (name, value, least, most) in new[]
        {
            ("Kafka:Retention", kafka.Retention ?? TimeSpan.FromDays(1), TimeSpan.FromMinutes(1), TimeSpan.FromDays(36_500)),
            ("Kafka:AppendTimeMax", kafka.AppendTimeMax, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            ("Kafka:ConnectTimeMax", kafka.ConnectTimeMax, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            ("Kafka:SessionDuration", kafka.SessionDuration, TimeSpan.FromSeconds(6), TimeSpan.FromMinutes(4)),
            ("Kafka:DrainTimeMax", kafka.DrainTimeMax, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(4)),
        })
            if (value < least || value > most)
                yield return (Key(name), $"must lie between {least} and {most}.");
    }

    static SettingKey Key(string name) => SettingKey.Find(name)!;
}
