using System.Text;
using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;

namespace AdapterHub.Worker.Text;

/// <summary>Why a text ended.</summary>
public enum TextEnd
{
    /// <summary>The model's own end token, or the end of its context.</summary>
    Model,

    /// <summary>One of the stop texts.</summary>
    Stop,

    /// <summary>As many tokens as were asked for.</summary>
    Length,
}

/// <summary>Continues a text piece by piece with whatever adapter is bound to the model.</summary>
public sealed class TextGeneration(CausalModel model, Tokenizer tokenizer, SamplingOptions options)
{
    public int PromptTokens { get; private set; }

    public int NewTokens { get; private set; }

    public TextEnd End { get; private set; }

    /// <summary>
    /// Complete characters as they come. Text that may be the beginning of a stop text waits until that is decided; the stop text itself is never returned.
    /// </summary>
    public IEnumerable<string> Continue(string prompt, CancellationToken cancellation = default)
    {
        var ids = tokenizer.Encode(prompt);
        (PromptTokens, NewTokens, End) = (ids.Length, 0, TextEnd.Model);
        var stream = tokenizer.CreateStream();
        var pending = new StringBuilder();
        foreach (var token in new TokenGenerator(model).Generate(ids, options, cancellation))
        {
            NewTokens++;
            pending.Append(stream.Append(token));
            if (Release(pending, isLast: false) is { Length: > 0 } piece)
                yield return piece;
            if (End == TextEnd.Stop)
                yield break;
        }

        if (NewTokens >= options.MaxNewTokens)
            End = TextEnd.Length;
        pending.Append(stream.Flush());
        if (Release(pending, isLast: true) is { Length: > 0 } rest)
            yield return rest;
    }

    public string Complete(string prompt, CancellationToken cancellation = default) => string.Concat(Continue(prompt, cancellation));

    /// <summary>Takes out of the buffer what can no longer become a stop text.</summary>
    private string Release(StringBuilder pending, bool isLast)
    {
        var text = pending.ToString();
        var found = options.Stop.IsDefaultOrEmpty ? -1 : options.Stop.Where(stop => stop.Length > 0)
            .Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        if (found >= 0)
            End = TextEnd.Stop;
        var free = found >= 0 ? found : text.Length - (isLast ? 0 : Held(text));
        pending.Remove(0, found >= 0 ? text.Length : free);
        return text[..free];
    }

    /// <summary>Length of the longest end of the text that begins a stop text.</summary>
    private int Held(string text)
    {
        if (options.Stop.IsDefaultOrEmpty)
            return 0;
        for (var length = Math.Min(text.Length, options.Stop.Max(stop => stop.Length) - 1); length > 0; length--)
            if (options.Stop.Any(stop => stop.Length > length && text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))))
                return length;
        return 0;
    }
}
