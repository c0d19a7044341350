using Caudal.Access;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Charts;
using Caudal.Dashboard.Languages;
using Caudal.Dashboard.Viewing;
using Caudal.Querying;
using Caudal.Transactions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace Caudal.Dashboard.Discover;

/// <summary>Searches transactions: the address says which, so that what is seen can be sent to a colleague.</summary>
public sealed partial class DiscoverPage
{
    /// <summary>More in one page would be slow to look through, for people and for browsers.</summary>
    const int RowsMax = 1_000;

    const string Path = "/discover";

    DiscoverTexts _texts = null!;
    View _view = new();
    Found? _found;
    IReadOnlyList<Transaction> _rows = [];
    SortKey _sort = SortKey.Timestamp;
    bool _descending = true;
    bool _isTail;
    bool _isTailing;
    bool _mayExport;
    QueryException? _queryFault;
    string? _fault;
    CancellationTokenSource? _searching;
    TimeSeries _histogram = new([], [], [], [], SeriesShape.Bars, "flow");

    [CascadingParameter]
    Reader Reader { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        _texts = new(Reader.Language);
        _mayExport = Caller.Of((await Authentication.GetAuthenticationStateAsync()).User)?.Role.Allows(Right.Export) == true;
        Navigation.LocationChanged += ShowAddress;
        Pulse.Beat += Tail;
        await SearchAsync();
    }

    public void Dispose()
    {
        Navigation.LocationChanged -= ShowAddress;
        Pulse.Beat -= Tail;
        _searching?.Cancel();
    }

    async Task SearchAsync()
    {
        _view = Views.Read(Navigation.Uri);
        _searching?.Cancel();
        using var searching = _searching = new();
        (_queryFault, _fault) = (null, null);
        try
        {
            // By itself, so that the column is one of what stands in the bar.
            QueryParser.Parse(_view.Query, Reader.Zone);
            var view = _view;
            // Beside the page, which goes on showing and hearing.
            var found = await Task.Run(() => DiscoverReading.FindAsync(Pipeline, view, _sort, _descending, searching.Token));
            if (_searching != searching)
                return;
            (_found, _rows, _histogram) = (found, found.Rows, Draw(found));
        }
        catch (QueryException malformed)
        {
            _queryFault = malformed;
        }
        catch (OperationCanceledException)
        {
            _fault = _searching == searching ? _texts.Cancelled : _fault;
        }
        catch (Exception fault)
        {
            _fault = _texts.Failing(fault.GetType().Name);
        }
        finally
        {
            if (_searching == searching)
                _searching = null;
        }
    }

    void Cancel() => _searching?.Cancel();

    async Task MoreAsync()
    {
        var more = await DiscoverReading.MoreAsync(Pipeline, _view, _sort, _descending, _rows[^1], CancellationToken.None);
        _rows = [.. _rows, .. more];
    }

    async Task SortAsync(SortKey key)
    {
        (_sort, _descending) = (key, key != _sort || !_descending);
        _isTail = false;
        await SearchAsync();
    }

    async Task ToggleTailAsync()
    {
        _isTail = !_isTail;
        if (!_isTail)
            await SearchAsync();
        else
            Tail();
    }

    /// <summary>The last rows each second; a second in which the ones before are still under way is left out.</summary>
    void Tail() => _ = InvokeAsync(async () =>
    {
        if (!_isTail || _isTailing || _queryFault is not null)
            return;
        _isTailing = true;
        try
        {
            _rows = await DiscoverReading.TailAsync(Pipeline, _view, CancellationToken.None);
            StateHasChanged();
        }
        catch (Exception fault)
        {
            _fault = _texts.Failing(fault.GetType().Name);
        }
        finally
        {
            _isTailing = false;
        }
    });

    void ShowAddress(object? sender, LocationChangedEventArgs change) => _ = InvokeAsync(async () =>
    {
        // On its way to another page there is nothing more to search.
        if (new Uri(change.Location).AbsolutePath != Path)
            return;
        var view = Views.Read(change.Location);
        if (view.IsOfTheSame(_view))
            _view = view;
        else
            await SearchAsync();
        StateHasChanged();
    });

    void Go(View view) => Navigation.NavigateTo(Address(view));

    string Address(View view) => Views.Address(Path, view);

    void Zoom((long From, long To) range) => Go(_view with { Reach = Reach.Between(Moment(range.From), Moment(range.To)) });

    IReadOnlyList<Column> Columns => Column.Named(_view.Columns);

    void ToggleColumn(Column column)
    {
        var columns = Column.All.Where(each => Columns.Contains(each) != (each == column)).Select(each => each.Name);
        Go(_view with { Columns = columns.SequenceEqual(Column.Usual.Select(each => each.Name)) ? [] : [.. columns] });
    }

    async Task<IReadOnlyList<ValueTotals>> TopAsync(QueryField field) =>
        await _view.In(Pipeline).CountByValueAsync(
            new(_view.Where(Instant.Now(Pipeline.Time), Reader.Zone), field, TopOrder.Count, 8), default);

    /// <summary>For completion. Of fields whose values are people's numbers there is none.</summary>
    async Task<IReadOnlyList<string>> ValuesAsync(QueryField field) =>
        field == QueryField.App || field == QueryField.Product
            ? [.. (await _view.In(Pipeline).CountByValueAsync(new(Query.Everything, field, TopOrder.Count, 20), default))
                .Select(each => each.Value)]
            : [];

    TimeSeries Draw(Found found) => new(
        [.. found.Buckets.Select(bucket => Seconds(bucket.From))], [.. found.Buckets.Select(bucket => Seconds(bucket.To))],
        [.. found.Buckets.Select(bucket => (decimal?)bucket.Totals.Count)],
        [.. found.Buckets.Select(bucket =>
            $"{Reader.Moment(bucket.From)}: {Reader.Count(bucket.Totals.Count)}, {Reader.Money(bucket.Totals.Sum)}")],
        SeriesShape.Bars, "flow")
    {
        Axis = found.From is { } from
            ? (Seconds(from), Math.Max(Seconds(found.To), found.Buckets is [.., var last] ? Seconds(last.To) : 0))
            : null,
    };

    /// <summary>What clocks in the business zone show, as seconds since 1970.</summary>
    long Seconds(Instant moment) => (Reader.Local(moment) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;

    Instant Moment(long seconds) => Instant.OfLocal(DateTime.UnixEpoch.AddSeconds(seconds), Reader.Zone);
}
