using System.Text;
using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Cards.Tex;
using AdapterHub.Tests.Formats;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Catalog.Cards;

public sealed class TexMathTests
{
    /// <summary>Elements as in MathML, attributes left out, to be read at a glance.</summary>
    private static string Outline(MathNode? node)
    {
        if (node is null)
            return "none";
        var text = new StringBuilder();
        Append(node);
        return text.ToString();

        void Append(MathNode at)
        {
            if (at.Text is not null)
                text.Append(at.Name[1]).Append(':').Append(at.Text);
            else
                text.Append(at.Name == "mrow" ? "" : at.Name).Append('(');
            for (var i = 0; i < at.Children.Count; i++)
            {
                if (i > 0)
                    text.Append(' ');
                Append(at.Children[i]);
            }

            if (at.Text is null)
                text.Append(')');
        }
    }

    [Theory]
    [InlineData("x", "math(i:x)")]
    [InlineData("x^2", "math(msup(i:x n:2))")]
    [InlineData("x_i^{2n}", "math(msubsup(i:x i:i (n:2 i:n)))")]
    [InlineData("f''(x)", "math((msup(i:f o:″) o:( i:x o:)))")]
    [InlineData("f'^2", "math(msup(i:f (o:′ n:2)))")]
    [InlineData("3.14 + 2", "math((n:3.14 o:+ n:2))")]
    [InlineData("a-b", "math((i:a o:− i:b))")]
    [InlineData(@"\frac12", "math(mfrac(n:1 n:2))")]
    [InlineData(@"\frac{a+b}{c}", "math(mfrac((i:a o:+ i:b) i:c))")]
    [InlineData(@"\dfrac{1}{2}", "math(mstyle(mfrac(n:1 n:2)))")]
    [InlineData(@"\binom nk", "math((o:( mfrac(i:n i:k) o:)))")]
    [InlineData(@"\sqrt{x}", "math(msqrt(i:x))")]
    [InlineData(@"\sqrt[3]{x}", "math(mroot(i:x n:3))")]
    [InlineData(@"\alpha\Gamma\varepsilon", "math((i:α i:Γ i:ε))")]
    [InlineData(@"\sum_{i=1}^n i", "math((munderover(o:∑ (i:i o:= n:1) i:n) i:i))")]
    [InlineData(@"\int_0^1 f\,dx", "math((msubsup(o:∫ n:0 n:1) i:f mspace() i:d i:x))")]
    [InlineData(@"\int\limits_0^1", "math(munderover(o:∫ n:0 n:1))")]
    [InlineData(@"\sum\nolimits_i", "math(msub(o:∑ i:i))")]
    [InlineData(@"\lim_{x \to 0}", "math(munder(o:lim (i:x o:→ n:0)))")]
    [InlineData(@"\sin x", "math((i:sin mspace() i:x))")]
    [InlineData(@"\sin(x)", "math((i:sin o:( i:x o:)))")]
    [InlineData(@"\operatorname{rank}(W) \ll d", "math((i:rank o:( i:W o:) o:≪ i:d))")]
    [InlineData(@"\operatorname*{arg\,max}_x", "math(munder(o:arg max i:x))")]
    [InlineData(@"\hat{x} \bar y \vec{v}", "math((mover(i:x o:^) mover(i:y o:¯) mover(i:v o:→)))")]
    [InlineData(@"\underbrace{a+b}_{n}", "math(munder(munder((i:a o:+ i:b) o:⏟) i:n))")]
    [InlineData(@"\overset{!}{=}", "math(mover(o:= o:!))")]
    [InlineData(@"\left( \frac{a}{b} \right)", "math((o:( mfrac(i:a i:b) o:)))")]
    [InlineData(@"\left. x \middle| y \right\}", "math((i:x o:| i:y o:}))")]
    [InlineData(@"\bigl( x \bigr)", "math((o:( i:x o:)))")]
    [InlineData(@"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "math((o:( mtable(mtr(mtd(i:a) mtd(i:b)) mtr(mtd(i:c) mtd(i:d))) o:)))")]
    [InlineData(@"\begin{cases} 1 & x > 0 \\[2pt] 0 & \text{otherwise} \end{cases}", "math((o:{ mtable(mtr(mtd(n:1) mtd((i:x o:> n:0))) mtr(mtd(n:0) mtd(t:otherwise)))))")]
    [InlineData(@"\begin{aligned} a &= b \\ &= c \end{aligned}", "math(mtable(mtr(mtd(i:a) mtd((o:= i:b))) mtr(mtd(()) mtd((o:= i:c)))))")]
    [InlineData(@"\begin{array}{lr} a & b \end{array}", "math(mtable(mtr(mtd(i:a) mtd(i:b))))")]
    [InlineData(@"a \\ b", "math(mtable(mtr(mtd(i:a)) mtr(mtd(i:b))))")]
    [InlineData(@"\text{if } x \text{ and $y$}", "math((t:if\u00A0 i:x (t:\u00A0and\u00A0 i:y)))")]
    [InlineData(@"\mathbb{R}^{d \times k}", "math(msup(i:ℝ (i:d o:× i:k)))")]
    [InlineData(@"\mathcal{L}\mathbf{x}\mathrm{rank}\boldsymbol{\theta}", "math((i:ℒ i:𝐱 i:rank i:𝜽))")]
    [InlineData(@"a \not= b \neq c \notin D", "math((i:a o:=\u0338 i:b o:≠ i:c o:∉ i:D))")]
    [InlineData(@"x % a comment", "math(i:x)")]
    [InlineData(@"\{ x \mid x < 1 \}", "math((o:{ i:x o:∣ i:x o:< n:1 o:}))")]
    [InlineData(@"W' = W + \frac{\alpha}{r} B A", "math((msup(i:W o:′) o:= i:W o:+ mfrac(i:α i:r) i:B i:A))")]
    [InlineData(@"{}^2x", "math((msup(() n:2) i:x))")]
    [InlineData(@"\xrightarrow[b]{a}", "math(munderover(o:→ i:b i:a))")]
    [InlineData(@"a \pmod n", "math((i:a (mspace() o:( i:mod mspace() i:n o:))))")]
    [InlineData(@"\sum_{\substack{i<n \\ j<m}} x", "math((munder(o:∑ mtable(mtr(mtd((i:i o:< i:n))) mtr(mtd((i:j o:< i:m))))) i:x))")]
    [InlineData(@"\textcolor{red}{x} \label{eq:1}", "math(i:x)")]
    public void Formulas_BecomeMathMl(string tex, string outline) => Outline(TexMath.TryConvert(tex, isDisplay: false)).ShouldBe(outline);

    [Theory]
    [InlineData(@"\unknown{x}")]
    [InlineData(@"\def\a{b} \a")]
    [InlineData(@"\newcommand{\a}{b}")]
    [InlineData(@"\href{javascript:alert(1)}{x}")]
    [InlineData(@"\frac{a}")]
    [InlineData("{x")]
    [InlineData("x}")]
    [InlineData("x^a^b")]
    [InlineData(@"\left( x")]
    [InlineData(@"\right)")]
    [InlineData(@"\left x \right)")]
    [InlineData(@"\begin{matrix} a")]
    [InlineData(@"\begin{matrix} a \end{pmatrix}")]
    [InlineData(@"\begin{verbatim} a \end{verbatim}")]
    [InlineData(@"\text{\frac12}")]
    [InlineData("x_")]
    [InlineData("\\")]
    [InlineData("")]
    public void UnknownOrBroken_StaysTex(string tex) => TexMath.TryConvert(tex, isDisplay: true).ShouldBeNull();

    [Theory]
    [InlineData("{")]
    [InlineData(@"\sqrt{")]
    [InlineData(@"\frac")]
    [InlineData(@"\hat")]
    [InlineData(@"x_{")]
    [InlineData(@"\left(")]
    [InlineData(@"\begin{matrix}")]
    [InlineData(@"\text{$")]
    [InlineData(@"\mathbf")]
    [InlineData(@"\displaystyle")]
    public void DeepNesting_EndsSoon(string piece)
    {
        TexMath.TryConvert(string.Concat(Enumerable.Repeat(piece, 500)), isDisplay: true).ShouldBeNull();
    }

    [Fact]
    public void AnyText_NeverThrows()
    {
        string[] pieces = ["x", "1", "+", "{", "}", "^", "_", "'", "&", "\\\\", " ", "$", "#", "%", "~", "[", "]", "(", "|", "\\left", "\\right", "\\middle", "\\frac", "\\sqrt", "\\hat", "\\text", "\\sum", "\\limits", "\\begin{matrix}", "\\end{matrix}", "\\begin", "\\mathbf", "\\not", "\\big", "\\lim", "\\operatorname", "\\pmod", "\\tag", "\\hspace", "\\displaystyle", "\\", "\n", "é", "😀", "\ud800", "\0"];
        var texts = from count in Gen.Choose(0, 25)
                    from parts in Gen.ArrayOf(Gen.Elements(pieces), count)
                    select string.Concat(parts);
        RandomFormats.Check(texts, text => _ = TexMath.TryConvert(text, isDisplay: true), cases: 5000);
    }

    [Theory]
    [InlineData("$x^2$", "<math alttext=\"x^2\"><msup><mi>x</mi><mn>2</mn></msup></math>")]
    [InlineData(@"\\(x\\)", "<math alttext=\"x\"><mi>x</mi></math>")]
    [InlineData(@"\\[x\\]", "<math display=\"block\" alttext=\"x\"><mi>x</mi></math>")]
    [InlineData("$$x$$", "<math display=\"block\" alttext=\"x\"><mi>x</mi></math>")]
    [InlineData("$\\Gamma<1$", "<math alttext=\"\\Gamma&lt;1\"><mrow><mi mathvariant=\"normal\">Γ</mi><mo>&lt;</mo><mn>1</mn></mrow></math>")]
    [InlineData("$\\foo$", "<code class=\"formula-source\">\\foo</code>")]
    [InlineData("costs $5 or $6", "costs $5 or $6")]
    public void Cards_ShowFormulas(string markdown, string html) => CardHtml.RenderBody(markdown, CardHtmlTests.Links).Html.TrimEnd().ShouldBe($"<p>{html}</p>");

    [Theory]
    [InlineData("$$\nx\n$$")]
    [InlineData("```math\nx\n```")]
    public void Blocks_AreDisplayed(string markdown) =>
        CardHtml.RenderBody(markdown, CardHtmlTests.Links).Html.TrimEnd().ShouldBe("<div class=\"formula\" tabindex=\"0\"><math display=\"block\" alttext=\"x\"><mi>x</mi></math></div>");
}
