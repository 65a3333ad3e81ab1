namespace AdapterHub.Tests.Catalog;

/// <summary>Time that passes when a test says so. Starts on a whole millisecond, as the database keeps no more.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan time) => _now += time;
}
