using System.Diagnostics;
using System.Globalization;
using System.Text;
using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Syntax;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>A body that would take too long or become too large; it is shown as plain text.</summary>
internal sealed class CardTooComplexException(string message) : Exception(message);

/// <summary>
/// Bounds the time of one rendering, which stays on the thread it began on. Some texts make a Markdown parser look ahead over all that
/// follows, again and again; the checks below are called once a line and once a special character, so they end it.
///
/// What counts is the thread's own time on a processor, where the system tells it (Linux, /proc/thread-self/schedstat): an ordinary card must
/// not be refused because the machine is busy with something else.
/// </summary>
internal sealed class RenderBudget(TimeSpan longest)
{
    private const string ThreadTimes = "/proc/thread-self/schedstat";

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan? _startOfThread = ReadThreadTime();
    private readonly TimeSpan _longest = longest;
    private TimeSpan _lookAt = longest;
    private bool _isSpent;

    /// <summary>Ordinary cards take some milliseconds.</summary>
    public RenderBudget()
        : this(TimeSpan.FromSeconds(2))
    {
    }

    public bool IsSpent
    {
        get
        {
            var elapsed = Stopwatch.GetElapsedTime(_start);
            if (_isSpent || elapsed < _lookAt)
                return _isSpent;
            var used = ReadThreadTime() - _startOfThread ?? elapsed;
            _isSpent = used >= _longest;
            // The thread cannot have used up the rest before this.
            _lookAt = elapsed + _longest - used;
            return _isSpent;
        }
    }

    public void Check()
    {
        if (IsSpent)
            throw new CardTooComplexException("The text takes too long to lay out, so it is shown as it was written.");
    }

    public static void Check(MarkdownParserContext? context) => (context?.Properties[typeof(RenderBudget)] as RenderBudget)?.Check();

    /// <summary>The first number is nanoseconds on a processor; null where there is no such file.</summary>
    private static TimeSpan? ReadThreadTime()
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                return null;
            var text = File.ReadAllText(ThreadTimes);
            var end = text.IndexOf(' ', StringComparison.Ordinal);
            return end > 0 && long.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds) && nanoseconds > 0
                ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Puts the checks in front of all other parsers, so it must be the pipeline's last extension.</summary>
internal sealed class BudgetExtension : IMarkdownExtension
{
    public void Setup(MarkdownPipelineBuilder pipeline)
    {
        pipeline.BlockParsers.Insert(0, new BudgetBlockParser());
        pipeline.InlineParsers.Insert(0, new BudgetInlineParser());
    }

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
    }
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

/// <summary>Matches nothing; looks at the clock at every character that can begin an inline, the first letters of bare addresses among them.</summary>
internal sealed class BudgetInlineParser : InlineParser
{
    public BudgetInlineParser() => OpeningCharacters = [.. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\nfhmtw"];

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
