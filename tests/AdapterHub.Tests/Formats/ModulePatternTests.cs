using System.Diagnostics;
using AdapterHub.Formats;

namespace AdapterHub.Tests.Formats;

public sealed class ModulePatternTests
{
    private const string Path = "model.layers.12.self_attn.q_proj";

    [Theory]
    [InlineData("q_proj")]
    [InlineData("self_attn")]
    [InlineData("layers.12")]
    [InlineData("layers.12.self_attn.q_proj")]
    [InlineData("model.layers.12.self_attn.q_proj")]
    [InlineData("layers.*.self_attn")]
    [InlineData("layers.0-15")]
    [InlineData("layers.12-12.*.q_proj")]
    [InlineData("layers.10-")]
    [InlineData("*_proj")]
    [InlineData("self_*n.*q*")]
    [InlineData("*")]
    public void Segments_InARow_Match(string pattern) => ModulePattern.Parse(pattern).Matches(Path).ShouldBeTrue();

    [Theory]
    [InlineData("proj")]
    [InlineData("layers.1")]
    [InlineData("layers.self_attn")]
    [InlineData("layers.0-11")]
    [InlineData("layers.13-")]
    [InlineData("q_proj.self_attn")]
    [InlineData("Q_proj")]
    [InlineData("model.layers.12.self_attn.q_proj.weight")]
    [InlineData("layers.*.q_proj")]
    public void AnythingElse_DoesNot(string pattern) => ModulePattern.Parse(pattern).Matches(Path).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData("a b")]
    public void Malformed_IsRefused(string? pattern) => ModulePattern.TryParse(pattern, out _).ShouldBeFalse();

    [Fact]
    public void HostilePattern_EndsSoon()
    {
        var pattern = ModulePattern.Parse(string.Concat(Enumerable.Repeat("*a", 120)) + "b");
        var started = Stopwatch.GetTimestamp();
        pattern.Matches(new string('a', 20_000)).ShouldBeFalse();
        Stopwatch.GetElapsedTime(started).TotalSeconds.ShouldBeLessThan(2);
        ModulePattern.TryParse(new string('a', ModulePattern.MostCharacters + 1), out _).ShouldBeFalse();
    }
}
