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
        var guard = new StopGuard(options.Stop.IsDefault ? [] : options.Stop);
        foreach (var token in new TokenGenerator(model).Generate(ids, options, cancellation))
        {
            NewTokens++;
            if (guard.Append(stream.Append(token)) is { Length: > 0 } piece)
                yield return piece;
            if (guard.IsStopped)
                break;
        }

        if (guard.Finish(stream.Flush()) is { Length: > 0 } rest)
            yield return rest;
        if (guard.IsStopped)
            End = TextEnd.Stop;
        else if (NewTokens >= options.MaxNewTokens)
            End = TextEnd.Length;
    }

    public string Complete(string prompt, CancellationToken cancellation = default) => string.Concat(Continue(prompt, cancellation));
}
