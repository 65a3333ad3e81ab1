using System.Diagnostics;
using System.Text;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>A body that would take too long or become too large; it is shown as plain text.</summary>
internal sealed class CardTooComplexException(string message) : Exception(message);

/// <summary>
/// Bounds the time of one rendering. Some texts make a Markdown parser look ahead over all that follows, again and again; the checks below
/// are called once a line and once a special character, so they end it.
/// </summary>
internal sealed class RenderBudget
{
    /// <summary>Ordinary cards take milliseconds; this much only a text made to take long, even on a busy machine.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private readonly long _start = Stopwatch.GetTimestamp();

    public bool IsSpent => Stopwatch.GetElapsedTime(_start) > Longest;

    public void Check()
    {
        if (IsSpent)
            throw new CardTooComplexException("The text takes too long to lay out, so it is shown as it was written.");
    }

    public static void Check(Markdig.MarkdownParserContext? context) => (context?.Properties[typeof(RenderBudget)] as RenderBudget)?.Check();
}

/// <summary>Matches nothing; looks at the clock on every line.</summary>
internal sealed class BudgetBlockParser : BlockParser
{
    public override BlockState TryOpen(BlockProcessor processor)
    {
        RenderBudget.Check(processor.Context);
        return BlockState.None;
    }

    public override bool CanInterrupt(BlockProcessor processor, Block block) => true;
}

/// <summary>Matches nothing; looks at the clock at every character that can begin an inline.</summary>
internal sealed class BudgetInlineParser : InlineParser
{
    public BudgetInlineParser() => OpeningCharacters = [.. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"];

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        RenderBudget.Check(processor.Context);
        return false;
    }
}

/// <summary>Takes HTML up to <see cref="CardLimits.HtmlCharacters"/>: a reference can stand for a long address thousands of times.</summary>
internal sealed class BoundedWriter(RenderBudget budget) : StringWriter
{
    public override void Write(char value)
    {
        Require(1);
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Require(count);
        base.Write(buffer, index, count);
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        Require(buffer.Length);
        base.Write(buffer);
    }

    public override void Write(string? value)
    {
        Require(value?.Length ?? 0);
        base.Write(value);
    }

    public override void Write(StringBuilder? value) => Write(value?.ToString());

    private void Require(int more)
    {
        if (GetStringBuilder().Length + more > CardLimits.HtmlCharacters)
            throw new CardTooComplexException("The text becomes too large when laid out, so it is shown as it was written.");
        if (more > 4096 || (GetStringBuilder().Length & 1023) == 0)
            budget.Check();
    }
}
