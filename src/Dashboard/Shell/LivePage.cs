using Caudal.Access;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Languages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Logging;

namespace Caudal.Dashboard.Shell;

/// <summary>
/// A page that looks again with each beat of the pulse while it is open, and does what its reader asks for where their role has the right:
/// by the same calls, with the same audit and the same words for what goes wrong as the API.
/// </summary>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    readonly CancellationTokenSource _closed = new();
    Caller? _caller;
    bool _looking;

    [Inject]
    protected RunningPipeline Pipeline { get; set; } = null!;

    [Inject]
    protected Pulse Pulse { get; set; } = null!;

    [Inject]
    protected LongWork Work { get; set; } = null!;

    [Inject]
    AuthenticationStateProvider Authentication { get; set; } = null!;

    [Inject]
    ILogger<LivePage> Logger { get; set; } = null!;

    [CascadingParameter]
    protected Reader Reader { get; set; } = null!;

    /// <summary>Why the page shows what it showed last, or null.</summary>
    protected string? Stale { get; private set; }

    /// <summary>Why what the reader asked for last was not done, or null.</summary>
    protected string? Refused { get; set; }

    /// <summary>True while what the reader asked for is under way.</summary>
    protected bool IsBusy { get; private set; }

    /// <summary>What is not allowed is not offered.</summary>
    protected bool May(Right right) => _caller?.Role.Allows(right) == true;

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LookAsync(CancellationToken cancellation);

    protected override async Task OnInitializedAsync()
    {
        _caller = Caller.Of((await Authentication.GetAuthenticationStateAsync()).User);
        Pulse.Beat += LookAgain;
        await LookOnceAsync();
    }

    public void Dispose()
    {
        Pulse.Beat -= LookAgain;
        _closed.Cancel();
        _closed.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Looks now, beside the beats. A look that is under way is enough.</summary>
    protected async Task LookOnceAsync()
    {
        if (_looking || _closed.IsCancellationRequested)
            return;
        _looking = true;
        try
        {
            await LookAsync(_closed.Token);
            Stale = null;
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            if (Stale is null)
                LogStale(Logger, GetType().Name, fault);
            Stale = new ProblemTexts(Reader.Language).Say(fault);
        }
        finally
        {
            _looking = false;
        }
    }

    /// <summary>
    /// Does what the reader asked for, as the actor that the API would name, and looks at what came of it. The right is asked again of the
    /// session as it is now, since a page may be open for days.
    /// </summary>
    protected async Task DoAsync(Right right, Func<string, Task> work)
    {
        (IsBusy, Refused) = (true, null);
        try
        {
            _caller = Caller.Of((await Authentication.GetAuthenticationStateAsync()).User);
            if (!May(right))
                throw new ApiProblemException(403, $"This takes another role: {RoleRights.Holders(right)}.");
            await work(_caller!.Actor);
        }
        catch (Exception fault)
        {
            if (Problems.Of(fault).Status == 500)
                LogFailed(Logger, GetType().Name, fault);
            Refused = new ProblemTexts(Reader.Language).Say(fault);
        }
        finally
        {
            IsBusy = false;
        }
        await LookOnceAsync();
    }

    void LookAgain() => _ = InvokeAsync(async () =>
    {
        await LookOnceAsync();
        StateHasChanged();
    });

    [LoggerMessage(801, LogLevel.Warning, "{Page} shows old figures: it cannot look now")]
    static partial void LogStale(ILogger logger, string page, Exception fault);

    [LoggerMessage(802, LogLevel.Error, "What was asked for on {Page} failed")]
    static partial void LogFailed(ILogger logger, string page, Exception fault);
}
