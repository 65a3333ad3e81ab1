using System.Collections.Immutable;

namespace AdapterHub.Formats.Peft;

/// <summary>PEFT's <c>target_modules</c> and <c>exclude_modules</c>: a list of names, or one regular expression.</summary>
public sealed record ModuleSelection
{
    private const string AllLinearName = "all-linear";

    private ModuleSelection(ImmutableArray<string> names, string? pattern) => (Names, Pattern) = (names, pattern);

    /// <summary>Every linear layer but the output head.</summary>
    public static ModuleSelection AllLinear { get; } = new([], AllLinearName);

    /// <summary>Full paths, or endings of paths after a dot. Empty when there is a pattern.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>A regular expression that the whole path must match, or "all-linear".</summary>
    public string? Pattern { get; }

    public bool IsAllLinear => string.Equals(Pattern, AllLinearName, StringComparison.OrdinalIgnoreCase);

    public static ModuleSelection FromNames(params IEnumerable<string> names) => new([.. names], null);

    public static ModuleSelection FromPattern(string pattern) => new([], pattern);

    public bool Equals(ModuleSelection? other) => other is not null && Pattern == other.Pattern && Names.AsSpan().SequenceEqual(other.Names.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Pattern, Names.Length, Names.FirstOrDefault());

    public override string ToString() => Pattern ?? string.Join(", ", Names);
}
