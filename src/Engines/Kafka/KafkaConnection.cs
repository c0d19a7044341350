using System.Collections.Concurrent;
using Caudal.Log;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Kafka;

/// <summary>
/// The way to the brokers: what every client of theirs is configured with, the client for questions about topics and groups, and what a
/// fault of theirs is called.
/// </summary>
sealed class KafkaConnection : IDisposable
{
    /// <summary>How long a question may take once the brokers were reached.</summary>
    public static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(10);

    readonly ILogger _logger;
    readonly ConcurrentDictionary<ErrorCode, bool> _told = new();
    volatile Error? _lastFault;

    KafkaConnection(KafkaLogOptions options, ILogger logger)
    {
        (Options, _logger) = (options, logger);
        Admin = new AdminClientBuilder(Configure(new AdminClientConfig()))
            .SetLogHandler((_, message) => Note(message)).SetErrorHandler((_, error) => Note(error)).Build();
    }

    public KafkaLogOptions Options { get; }

    public IAdminClient Admin { get; }

    /// <summary>Reaches the brokers once, so that a wrong address, password or authority is told at start.</summary>
    /// <exception cref="LogUnavailableException">They cannot be reached; the message names the setting to look at.</exception>
    public static async Task<KafkaConnection> OpenAsync(KafkaLogOptions options, ILogger logger, CancellationToken cancellation)
    {
        if (options.AuthorityFile is { } authority && !File.Exists(authority))
            throw new LogUnavailableException($"Kafka:AuthorityFile '{authority}' is not there.", outcomeUnknown: false);
        KafkaConnection connection;
        try
        {
            connection = new(options, logger);
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new LogUnavailableException(
                $"The settings under Kafka: do not fit together: {refused.Message}", outcomeUnknown: false, refused);
        }
        try
        {
            await connection.ReachAsync(cancellation);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The settings that all clients share.</summary>
    public T Configure<T>(T config) where T : ClientConfig
    {
        config.BootstrapServers = Options.Servers;
        config.ClientId = "caudal";
        config.SecurityProtocol = (Options.Tls, Options.User) switch
        {
            (false, null) => SecurityProtocol.Plaintext,
            (true, null) => SecurityProtocol.Ssl,
            (false, _) => SecurityProtocol.SaslPlaintext,
            (true, _) => SecurityProtocol.SaslSsl,
        };
        if (Options.AuthorityFile is not null)
            config.SslCaLocation = Options.AuthorityFile;
        if (Options.User is not null)
        {
            config.SaslMechanism = Options.Mechanism switch
            {
                KafkaMechanism.ScramSha256 => SaslMechanism.ScramSha256,
                KafkaMechanism.ScramSha512 => SaslMechanism.ScramSha512,
                _ => SaslMechanism.Plain,
            };
            config.SaslUsername = Options.User;
            config.SaslPassword = Options.Password;
        }
        config.AllowAutoCreateTopics = false;
        config.EnableMetricsPush = false;
        config.SocketConnectionSetupTimeoutMs = 10_000;
        config.SocketTimeoutMs = 10_000;
        config.TopicMetadataRefreshIntervalMs = 30_000;
        // A broker that comes back is to be found again at once.
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 1_000;
        return config;
    }

    /// <summary>What a client says by itself. While a broker is away it says the same over and over: once is told.</summary>
    public void Note(Error error)
    {
        if (error.Code != ErrorCode.NoError && _told.TryAdd(error.Code, true))
            _logger.ClientFault(error.Reason);
        // What is certain is not hidden by the general complaints that follow it.
        if (_lastFault is not { Code: ErrorCode.Local_Authentication or ErrorCode.Local_Ssl })
            _lastFault = error;
    }

    public void Note(Confluent.Kafka.LogMessage message) => _logger.ClientSaid(message.Message);

    /// <summary>Asks the brokers something; what goes wrong is told in the log's own words.</summary>
    public async Task<T> AskAsync<T>(Func<IAdminClient, Task<T>> question, CancellationToken cancellation)
    {
        try
        {
            var answer = await question(Admin).WaitAsync(cancellation);
            _lastFault = null;
            _told.Clear();
            return answer;
        }
        catch (KafkaException fault)
        {
            throw Explain(Cause(fault), outcomeUnknown: false, fault);
        }
    }

    /// <summary>The brokers' fault as the log's.</summary>
    public LogUnavailableException Explain(Error error, bool outcomeUnknown, Exception? inner = null) =>
        new($"Kafka at {Options.Servers} {WhatIsWrong(error)}", outcomeUnknown, inner);

    public void Dispose() => Admin.Dispose();

    async Task ReachAsync(CancellationToken cancellation)
    {
        var answer = Admin.DescribeClusterAsync(new() { RequestTimeout = Options.ConnectTimeMax });
        // A password or a certificate that is refused stays refused: no need to wait the time out.
        while (await Task.WhenAny(answer, Task.Delay(50, cancellation)) != answer)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_lastFault is { Code: ErrorCode.Local_Authentication or ErrorCode.Local_Ssl or ErrorCode.Local_Resolve } fault)
            {
                _ = answer.ContinueWith(late => late.Exception, TaskScheduler.Default);
                throw Explain(fault, outcomeUnknown: false);
            }
        }
        try
        {
            await answer;
        }
        catch (KafkaException silent)
        {
            throw Explain(_lastFault ?? silent.Error, outcomeUnknown: false, silent);
        }
    }

    /// <summary>Where a question goes to several brokers, the client only says that one of them failed.</summary>
    static Error Cause(KafkaException fault) => fault is ListOffsetsException offsets
        ? offsets.Result.ResultInfos.Select(info => info.TopicPartitionOffsetError.Error)
            .FirstOrDefault(error => error.IsError, fault.Error)
        : fault.Error;

    static string WhatIsWrong(Error error) => error.Code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed =>
            $"refused the login: look at Kafka:User, Kafka:Password and Kafka:Mechanism ({error.Reason}).",
        ErrorCode.Local_Ssl =>
            "shows a certificate that is not trusted, or does not speak TLS: look at Kafka:AuthorityFile and Kafka:Tls "
            + $"({error.Reason}).",
        ErrorCode.Local_Resolve => $"has no known address: look at Kafka:Servers ({error.Reason}).",
        ErrorCode.Local_Transport or ErrorCode.Local_AllBrokersDown or ErrorCode.Local_TimedOut =>
            $"does not answer: look at Kafka:Servers and Kafka:Tls, and whether it runs ({error.Reason}).",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            $"does not let Kafka:User do this: give it the right ({error.Reason}).",
        _ => $"answered: {error.Reason.TrimEnd('.')}.",
    };
}
