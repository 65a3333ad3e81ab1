using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>
/// Formulas leave the Markdown stage as code with a class and their TeX as text, which any sanitiser lets through; <see cref="CardFormulas"/>
/// makes MathML of them afterwards. MathML from the author's own HTML never gets that far.
/// </summary>
internal sealed class CardMathExtension : IMarkdownExtension
{
    public void Setup(MarkdownPipelineBuilder pipeline) => pipeline.InlineParsers.InsertBefore<EscapeInlineParser>(new BackslashMathParser());

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathInlineRenderer>(new InlineRenderer());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathBlockRenderer>(new BlockRenderer());
    }

    private sealed class InlineRenderer : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline math)
        {
            renderer.Write(math.DelimiterCount > 1 ? "<code class=\"math-display\">" : "<code class=\"math-inline\">");
            renderer.WriteEscape(math.Content.AsSpan());
            renderer.Write("</code>");
        }
    }

    private sealed class BlockRenderer : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock math)
        {
            renderer.EnsureLine();
            renderer.Write("<pre><code class=\"language-math\">");
            renderer.WriteLeafRawLines(math, true, true);
            renderer.WriteLine("</code></pre>");
        }
    }

    /// <summary>The Hub's own marks: <c>\\(</c>x<c>\\)</c> in a line, <c>\\[</c>x<c>\\]</c> on its own.</summary>
    private sealed class BackslashMathParser : InlineParser
    {
        public BackslashMathParser() => OpeningCharacters = ['\\'];

        public override bool Match(InlineProcessor processor, ref StringSlice slice)
        {
            if (slice.PeekChar() != '\\' || slice.PeekChar(2) is not ('(' or '['))
                return false;
            var display = slice.PeekChar(2) == '[';
            var text = slice.AsSpan();
            var length = text[3..].IndexOf(display ? "\\\\]" : "\\\\)", StringComparison.Ordinal);
            if (length <= 0)
                return false;
            processor.Inline = new MathInline
            {
                Delimiter = '$',
                DelimiterCount = display ? 2 : 1,
                Content = new StringSlice(slice.Text, slice.Start + 3, slice.Start + 2 + length),
            };
            slice.Start += length + 6;
            return true;
        }
    }
}
