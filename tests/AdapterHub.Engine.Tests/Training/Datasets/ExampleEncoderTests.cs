using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class ExampleEncoderTests
{
    private const int Begin = TestDocuments.BeginOfText;
    private const int End = TestDocuments.EndOfText;

    [Fact]
    public void Text_IsTrainedWholeAndEnded()
    {
        var example = new ExampleEncoder(TestDocuments.Characters).Encode(new TextRecord("a", 1, "hi", RowFit.Flow));
        example.Tokens.ShouldBe([Begin, 'h', 'i', End]);
        example.LossMask.ShouldAllBe(trained => trained);
        example.Fit.ShouldBe(RowFit.Flow);
    }

    [Fact]
    public void Completion_IsTrainedWithItsEndAndWithoutItsPrompt()
    {
        var example = new ExampleEncoder(TestDocuments.Characters).Encode(new CompletionRecord("a", 1, "pq", "c"));
        example.Tokens.ShouldBe([Begin, 'p', 'q', 'c', End]);
        example.LossMask.ShouldBe([false, false, false, true, true]);
        example.Fit.ShouldBe(RowFit.Truncate);
    }

    [Fact]
    public void TokenizerThatEndsEveryText_GivesOneEnd()
    {
        var ending = TestDocuments.Characters with { Encode = (text, special) => [.. text.Select(character => (int)character), .. special ? [End] : Array.Empty<int>()] };
        var encoder = new ExampleEncoder(ending);
        encoder.Encode(new TextRecord("a", 1, "t", RowFit.Keep)).Tokens.ShouldBe(['t', End]);
        encoder.Encode(new CompletionRecord("a", 1, "p", "c")).Tokens.ShouldBe(['p', 'c', End]);
        encoder.Encode(new TextRecord("a", 1, "t", RowFit.Flow) { EndsDocument = false }).Tokens.ShouldBe(['t']);
    }

    [Fact]
    public void Chat_IsTrainedOnWhatTheFormatMarksAndNeighboursAreEncodedTogether()
    {
        var encoded = new List<string>();
        var recording = TestDocuments.Characters with
        {
            Encode = (text, special) =>
            {
                encoded.Add(text);
                special.ShouldBeFalse("the chat format writes special tokens itself");
                return TestDocuments.Characters.Encode(text, false);
            },
        };
        var encoder = new ExampleEncoder(recording, messages =>
            [.. messages.SelectMany(message => new ChatSegment[] { new($"<{message.Role[0]}>", false), new(message.Content, message.Role == "assistant") })]);
        var example = encoder.Encode(new ChatRecord("a", 1, [new("user", "Q"), new("assistant", "AB")]));
        encoded.ShouldBe(["<u>Q<a>", "AB"]);
        example.Tokens.ShouldBe([.. "<u>Q<a>AB".Select(character => (int)character), End]);
        example.LossMask.ShouldBe([.. Enumerable.Repeat(false, 7), true, true, true]);
    }

    [Fact]
    public void NothingLeftToLearn_IsRefused()
    {
        var deaf = TestDocuments.Characters with { Encode = (_, _) => [], EndOfText = null };
        Should.Throw<DatasetException>(() => new ExampleEncoder(deaf).Encode(new TextRecord("a.jsonl", 7, "t", RowFit.Keep))).Message
            .ShouldBe("a.jsonl, line 7: the tokenizer makes no token of what is to be learnt");
    }
}
