using AdapterHub.Engine.Tests.Blending;
using AdapterHub.Worker.Text;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Inference;

/// <summary>Stop texts, however the text is cut into pieces.</summary>
public sealed class StopGuardTests
{
    [Fact]
    public void Text_IsCutBeforeTheFirstStop_HoweverItComes() => Samples.Check(
        from length in Gen.Choose(0, 30)
        from letters in Gen.ArrayOf(Gen.Elements('a', 'b'), length)
        from stops in Gen.ArrayOf(Gen.Elements("ab", "bba", "aaaa", "babab", "c"), 2)
        from cuts in Gen.ArrayOf(Gen.Choose(1, 4), 30)
        select (Text: new string(letters), stops, cuts),
        sample =>
        {
            var guard = new StopGuard(sample.stops);
            var (given, at) = ("", 0);
            foreach (var cut in sample.cuts.TakeWhile(_ => at < sample.Text.Length))
            {
                var piece = sample.Text.Substring(at, Math.Min(cut, sample.Text.Length - at));
                given += guard.Append(piece);
                at += piece.Length;
                Ends(sample.Text[..at], sample.stops).ShouldStartWith(given, Case.Sensitive, "nothing is given that may have to be taken back");
            }

            given += guard.Finish(sample.Text[Math.Min(at, sample.Text.Length)..]);
            given.ShouldBe(Ends(sample.Text, sample.stops));
            guard.IsStopped.ShouldBe(given != sample.Text);
        }, count: 300);

    // The stop whose end comes first ends the text, as it does for somebody who reads letter by letter.
    private static string Ends(string text, string[] stops)
    {
        for (var end = 1; end <= text.Length; end++)
            if (stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)).Select(stop => end - stop.Length).DefaultIfEmpty(-1).Min() is >= 0 and var found)
                return text[..found];
        return text;
    }
}
