using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AdapterHub.Formats;

/// <summary>
/// Names layers of a model by a part of their dotted path: "q_proj", "self_attn", "layers.3", "layers.0-7.mlp", "layers.*.mlp.up_proj". It
/// matches a path that has its segments in a row, anywhere. In a segment "*" stands for any characters, and "0-7" or "4-" for the numbers of that
/// range. Not a regular expression, so that no pattern that a stranger writes can take long.
/// </summary>
public sealed class ModulePattern : IEquatable<ModulePattern>
{
    /// <summary>Longer ones are refused.</summary>
    public const int MostCharacters = 256;

    private readonly Segment[] _segments;

    private ModulePattern(string text, Segment[] segments) => (Text, _segments) = (text, segments);

    /// <summary>As written.</summary>
    public string Text { get; }

    public static bool TryParse(string? text, [NotNullWhen(true)] out ModulePattern? pattern)
    {
        pattern = null;
        if (string.IsNullOrEmpty(text) || text.Length > MostCharacters)
            return false;
        var parts = text.Split('.');
        if (parts.Any(part => part.Length == 0 || part.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))))
            return false;
        pattern = new ModulePattern(text, Array.ConvertAll(parts, Segment.Parse));
        return true;
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static ModulePattern Parse(string text) => TryParse(text, out var pattern)
        ? pattern
        : throw new FormatException($"\"{text}\" is no pattern of module paths; write segments joined by dots, such as layers.0-7.mlp.");

    /// <summary>Whether the layer is one of those meant.</summary>
    public bool Matches(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Split('.');
        for (var start = 0; start + _segments.Length <= parts.Length; start++)
        {
            if (_segments.Zip(parts.Skip(start)).All(pair => pair.First.Matches(pair.Second)))
                return true;
        }

        return false;
    }

    public bool Equals(ModulePattern? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as ModulePattern);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    /// <summary>A literal with "*", or a range of numbers.</summary>
    private sealed record Segment(string Literal, (int First, int Last)? Range)
    {
        public static Segment Parse(string text)
        {
            var dash = text.IndexOf('-', StringComparison.Ordinal);
            if (dash <= 0 || !TryNumber(text.AsSpan(0, dash), out var first))
                return new Segment(text, null);
            if (dash == text.Length - 1)
                return new Segment(text, (first, int.MaxValue));
            return TryNumber(text.AsSpan(dash + 1), out var last) ? new Segment(text, (first, last)) : new Segment(text, null);
        }

        public bool Matches(string part) => Range is { } range
            ? TryNumber(part, out var number) && number >= range.First && number <= range.Last
            : MatchesWildcard(part);

        private static bool TryNumber(ReadOnlySpan<char> text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

        /// <summary>Greedy, going back to the last star only: at most length times length comparisons.</summary>
        private bool MatchesWildcard(string part)
        {
            int at = 0, place = 0, star = -1, resume = 0;
            while (place < part.Length)
            {
                if (at < Literal.Length && Literal[at] == '*')
                    (star, resume) = (at++, place);
                else if (at < Literal.Length && Literal[at] == part[place])
                    (at, place) = (at + 1, place + 1);
                else if (star >= 0)
                    (at, place) = (star + 1, ++resume);
                else
                    return false;
            }

            return Literal.AsSpan(at).TrimStart('*').IsEmpty;
        }
    }
}
