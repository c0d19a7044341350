namespace Caudal.Tests.Contracts;

/// <summary>What is said when a history cannot be used; and what it was made with stays.</summary>
public abstract class HistoryOpeningContract(HistoryEngine engine) : IAsyncDisposable
{
    static readonly TimeZoneInfo Guayaquil = TimeZoneInfo.FindSystemTimeZoneById("America/Guayaquil");

    [Fact]
    public async Task Days_are_counted_in_utc_where_nothing_is_set()
    {
        await using var store = await engine.OpenAsync();
        store.BusinessZone.ShouldBe(TimeZoneInfo.Utc);
    }

    [Fact]
    public async Task The_business_zone_stays_what_it_was_made_with()
    {
        await using (var made = await engine.OpenAsync(Guayaquil))
            made.BusinessZone.Id.ShouldBe(Guayaquil.Id);
        await using (var unset = await engine.OpenAsync())
            unset.BusinessZone.Id.ShouldBe(Guayaquil.Id);
        await using var same = await engine.OpenAsync(Guayaquil);
        same.BusinessZone.Id.ShouldBe(Guayaquil.Id);
    }

    [Fact]
    public async Task Another_business_zone_is_refused_by_both_names()
    {
        await (await engine.OpenAsync(Guayaquil)).DisposeAsync();
        var fault = await Should.ThrowAsync<IOException>(async () => await engine.OpenAsync(TimeZoneInfo.Utc));
        fault.Message.ShouldContain("America/Guayaquil");
        fault.Message.ShouldContain("UTC");
        await (await engine.OpenAsync(Guayaquil)).DisposeAsync();
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await (await engine.OpenAsync()).DisposeAsync();
        await engine.TamperAsync("UPDATE schema_version SET version = 1000");
        (await Should.ThrowAsync<IOException>(async () => await engine.OpenAsync())).Message.ShouldContain("newer");
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
