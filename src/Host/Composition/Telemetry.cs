using Caudal.Access;
using Caudal.Dashboard.Api;
using Caudal.Host.Options;
using Caudal.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Caudal.Host.Composition;

/// <summary>
/// What a role tells to tools that watch it: metrics to whoever reads <c>/metrics</c>, traces and metrics to a collector where one is set.
/// Without a collector nobody listens for traces, and none are made.
/// </summary>
sealed class Telemetry : IDisposable
{
    readonly MeterProvider _metrics;
    readonly TracerProvider? _traces;

    public Telemetry(TelemetrySettings settings)
    {
        var service = ResourceBuilder.CreateDefault().AddService("caudal");
        var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(service)
            .AddMeter(RoleCounters.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter();
        if (settings.OtlpEndpoint is { } endpoint)
        {
            var collector = new Uri(endpoint);
            metrics.AddOtlpExporter(otlp => otlp.Endpoint = collector);
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(service)
                .AddSource(Tracing.SourceName)
                .SetSampler(new Sampling(settings.SampleRatio))
                .AddOtlpExporter(otlp => otlp.Endpoint = collector)
                .Build();
        }
        _metrics = metrics.Build();
    }

    public void MapMetrics(WebApplication app) =>
        app.MapPrometheusScrapingEndpoint("/metrics", _metrics, configureBranchedPipeline: null, optionsName: null)
            .WithMetadata(new HttpMethodMetadata(["GET"])).Needs(Right.View);

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics.Dispose();
    }

    /// <summary>A run is kept always, a request by chance or because its caller keeps it, and what follows either as that was.</summary>
    sealed class Sampling(decimal ratio) : Sampler
    {
        readonly TraceIdRatioBasedSampler _byChance = new((double)ratio);

        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        {
            var isKept = (samplingParameters.ParentContext.TraceFlags & System.Diagnostics.ActivityTraceFlags.Recorded) != 0;
            return samplingParameters.Name == Tracing.Run || isKept ? new(SamplingDecision.RecordAndSample)
                : samplingParameters.Name == Tracing.Append ? _byChance.ShouldSample(samplingParameters)
                : new(SamplingDecision.Drop);
        }
    }
}
