using AdapterHub.Web.Formatting;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class DisplayTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1, "1 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1 kB")]
    [InlineData(1_234, "1.23 kB")]
    [InlineData(12_345, "12.3 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1 MB")]
    [InlineData(10_547_288, "10.5 MB")]
    [InlineData(99_950_000, "100 MB")]
    [InlineData(long.MaxValue, "9223 PB")]
    public void Bytes_HaveThreeFigures(long bytes, string text) => Display.Bytes(bytes).ShouldBe(text);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1_000, "1k")]
    [InlineData(1_250, "1.25k")]
    [InlineData(540_672, "541k")]
    [InlineData(9_900_000, "9.9M")]
    [InlineData(-1_500, "-1.5k")]
    public void Count_HasThreeFigures(long count, string text) => Display.Count(count).ShouldBe(text);

    [Theory]
    [InlineData(0, "0 adapters")]
    [InlineData(1, "1 adapter")]
    [InlineData(1_200, "1.2k adapters")]
    public void Counted_TakesThePluralOfAllButOne(long count, string text) => Display.Counted(count, "adapter").ShouldBe(text);

    [Theory]
    [InlineData(0.0, "0 %")]
    [InlineData(0.0000001, "< 0.001 %")]
    [InlineData(0.00004, "0.004 %")]
    [InlineData(0.0042, "0.42 %")]
    [InlineData(0.0546, "5.5 %")]
    [InlineData(0.12, "12 %")]
    [InlineData(1.0, "100 %")]
    public void Share_IsInPercent(double share, string text) => Display.Share(share).ShouldBe(text);

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(44, "just now")]
    [InlineData(50, "1 minute ago")]
    [InlineData(60 * 59.4, "59 minutes ago")]
    [InlineData(3600, "1 hour ago")]
    [InlineData(3600 * 23.9, "23 hours ago")]
    [InlineData(86400 * 3.2, "3 days ago")]
    [InlineData(86400 * 40, "5 Jun")]
    [InlineData(86400 * 300, "18 Sep 2025")]
    [InlineData(-7200, "in 2 hours")]
    public void Relative_TurnsIntoTheDateAfterAMonth(double secondsAgo, string text) => Display.Relative(Now.AddSeconds(-secondsAgo), Now).ShouldBe(text);

    [Theory]
    [InlineData(0.5, "0.5 s")]
    [InlineData(42, "42 s")]
    [InlineData(185, "3 min 5 s")]
    [InlineData(7200, "2 h")]
    [InlineData(273_600, "3 d 4 h")]
    public void Duration_HasTwoUnitsAtMost(double seconds, string text) => Display.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(text);
}
