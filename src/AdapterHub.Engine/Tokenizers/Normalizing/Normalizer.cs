using System.Text;
using AdapterHub.Engine.Tokenizers.Models;
using AdapterHub.Engine.Tokenizers.Splitting;

namespace AdapterHub.Engine.Tokenizers.Normalizing;

/// <summary>Rewrites a text before it is split.</summary>
internal abstract class Normalizer
{
    public abstract string Normalize(string text);
}

internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> steps) : Normalizer
{
    public override string Normalize(string text) => steps.Aggregate(text, (current, step) => step.Normalize(current));
}

internal sealed class UnicodeForm(NormalizationForm form) : Normalizer
{
    public override string Normalize(string text) => UnicodeNormalization.Normalize(text, form);
}

/// <summary>Puts a text in front of any that is not empty.</summary>
internal sealed class Prepend(string prefix) : Normalizer
{
    public override string Normalize(string text) => text.Length == 0 ? text : prefix + text;
}

/// <summary>Replaces every match of a pattern; as a decoder too.</summary>
internal sealed class Replace(TextPattern pattern, string replacement) : Normalizer
{
    public TextPattern Pattern => pattern;

    public string Replacement => replacement;

    public override string Normalize(string text)
    {
        if (pattern is LiteralPattern literal)
            return text.Replace(literal.Literal, replacement, StringComparison.Ordinal);
        var result = new StringBuilder(text.Length);
        var covered = 0;
        pattern.ForEachMatch(text, (start, end) =>
        {
            result.Append(text, covered, start - covered).Append(replacement);
            covered = end;
        });
        return result.Append(text, covered, text.Length - covered).ToString();
    }
}

/// <summary>Unicode's full lower case, character by character, without the final-sigma rule, as Rust's <c>char::to_lowercase</c> does it.</summary>
internal sealed class Lowercase : Normalizer
{
    // U+0130 is the only character whose lower case is two characters.
    public override string Normalize(string text) => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);
}

internal sealed class Strip(bool left, bool right) : Normalizer
{
    public override string Normalize(string text)
    {
        if (left)
            text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    }
}

/// <summary>Every byte written as one character, ahead of the split instead of behind it.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override string Normalize(string text) => ByteAlphabet.Write(text);
}
