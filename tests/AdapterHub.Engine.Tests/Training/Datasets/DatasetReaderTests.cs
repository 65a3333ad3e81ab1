using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class DatasetReaderTests : IDisposable
{
    private readonly DatasetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WholeText_IsOneFlowingDocumentWithSingleLineFeeds()
    {
        var path = _folder.Write("a.txt", "one\r\ntwo\n\nthree\n");
        Read(path).ShouldBe([new TextRecord(path, 1, "one\ntwo\n\nthree\n", RowFit.Flow)]);
    }

    [Fact]
    public void LargeText_ComesInPartsThatJoinToTheWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 500_000).Select(k => $"line {k} 😀 é\n"));
        var path = _folder.Write("a.txt", text);
        var parts = Read(path).Cast<TextRecord>().ToList();
        parts.Count.ShouldBeGreaterThan(2);
        string.Concat(parts.Select(part => part.Text)).ShouldBe(text);
        parts.Select(part => part.StartsDocument).ShouldBe([true, .. Enumerable.Repeat(false, parts.Count - 1)]);
        parts.Select(part => part.EndsDocument).ShouldBe([.. Enumerable.Repeat(false, parts.Count - 1), true]);
        parts[1].Line.ShouldBe(parts[0].Text.Count(character => character == '\n') + 1);
        var documents = ExampleList.From(new DatasetReader([path]).ReadExamples(new ExampleEncoder(TestDocuments.Characters)));
        documents.Count.ShouldBe(1);
        int[] expected = [TestDocuments.BeginOfText, .. text.Select(character => (int)character), TestDocuments.EndOfText];
        documents.Tokens(0).AsSpan().SequenceEqual(expected).ShouldBeTrue();
    }

    [Fact]
    public void LargeTextWithoutLineEnds_IsNotCutInsideACharacter()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("😀", TextFileReader.PartCharacters / 2 + 10));
        var parts = Read(_folder.Write("a.txt", text)).Cast<TextRecord>().ToList();
        parts.Count.ShouldBe(2);
        string.Concat(parts.Select(part => part.Text)).ShouldBe(text);
        parts.ShouldAllBe(part => !char.IsHighSurrogate(part.Text[part.Text.Length - 1]));
    }

    [Fact]
    public void Paragraphs_AreGroupedUpToTheLimit()
    {
        var path = _folder.Write("a.txt", "\n\naaaa\nbb\n\n  \ncccc\n\n\ndddddddddddddddddddd\n\nee");
        Read(path, new DatasetOptions { Split = TextSplit.Paragraphs, ParagraphCharacters = 15 }).ShouldBe(
        [
            new TextRecord(path, 3, "aaaa\nbb\n\ncccc", RowFit.Keep),
            new TextRecord(path, 10, "dddddddddddddddddddd", RowFit.Keep),
            new TextRecord(path, 12, "ee", RowFit.Keep),
        ]);
    }

    [Fact]
    public void SeparatorLine_PartsDocumentsAndBlankOnesAreLeftOut()
    {
        var path = _folder.Write("a.txt", "%\none\n\nmore\n%  \n\n%\ntwo % not here\n");
        Read(path, new DatasetOptions { Split = TextSplit.SeparatorLine, Separator = "%" }).ShouldBe(
        [
            new TextRecord(path, 2, "one\n\nmore", RowFit.Keep),
            new TextRecord(path, 8, "two % not here", RowFit.Keep),
        ]);
    }

    [Fact]
    public void JsonLines_GiveTheThreeKindsAndSkipBlankLines()
    {
        var path = _folder.Write("a.jsonl", """
            {"text": "héllo", "id": 3}

            {"prompt": "", "completion": "c"}
            {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "name": "x"}]}
            """);
        var records = Read(path);
        records[0].ShouldBe(new TextRecord(path, 1, "héllo", RowFit.Keep));
        records[1].ShouldBe(new CompletionRecord(path, 3, "", "c"));
        var chat = records[2].ShouldBeOfType<ChatRecord>();
        chat.Line.ShouldBe(4);
        chat.Messages.ShouldBe([new ChatMessage("user", "q"), new ChatMessage("assistant", "a")]);
    }

    [Fact]
    public void NamedFields_AreTheOnlyOnesThatCount()
    {
        var path = _folder.Write("a.jsonl", """{"text": "t", "question": "q", "completion": "c", "messages": 3}""");
        Read(path, new DatasetOptions { Fields = new FieldNames(Prompt: "question") }).ShouldBe([new CompletionRecord(path, 1, "q", "c")]);
        Read(path, new DatasetOptions { Fields = new FieldNames(Text: "text") }).ShouldBe([new TextRecord(path, 1, "t", RowFit.Keep)]);
    }

    [Fact]
    public void Csv_FollowsRfc4180()
    {
        var path = _folder.Write("a.csv", "id,\"text\"\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n\r\n2,plain \"q\" x\n3,\"last\"");
        Read(path).ShouldBe(
        [
            new TextRecord(path, 2, "a, \"b\"\nc", RowFit.Keep),
            new TextRecord(path, 5, "plain \"q\" x", RowFit.Keep),
            new TextRecord(path, 6, "last", RowFit.Keep),
        ]);
    }

    [Fact]
    public void CsvColumns_CanBeNamedAndDelimited()
    {
        var path = _folder.Write("a.csv", "q;a;text\nx;y;z\n");
        var options = new DatasetOptions { Fields = new FieldNames(Prompt: "q", Completion: "a"), CsvDelimiter = ';' };
        Read(path, options).ShouldBe([new CompletionRecord(path, 2, "x", "y")]);
    }

    [Fact]
    public void SeveralKinds_AreReadInTheOrderNamed()
    {
        var json = _folder.Write("b.jsonl", "{\"text\": \"j\"}");
        var csv = _folder.Write("sub/c.csv", "text\nc\n");
        var text = _folder.Write("sub/d.txt", "t");
        var reader = new DatasetReader([json, Path.Combine(_folder.Root, "sub")]);
        reader.ReadRecords().Select(record => (record.Path, ((TextRecord)record).Text)).ShouldBe([(json, "j"), (csv, "c"), (text, "t")]);
    }

    [Fact]
    public void Progress_EndsAtOne()
    {
        var reports = new List<DatasetProgress>();
        var first = _folder.Write("a.txt", new string('x', 3 << 20));
        var second = _folder.Write("b.jsonl", "{\"text\": \"j\"}");
        new DatasetReader([first, second]).ReadExamples(new ExampleEncoder(TestDocuments.Characters), new Recorder(reports)).Count().ShouldBe(2);
        reports.Count.ShouldBe(2);
        reports[0].Share.ShouldBe(1, 0.001);
        reports[^1].ShouldBe(new DatasetProgress(second, 2, 1));
    }

    private static List<DatasetRecord> Read(string path, DatasetOptions? options = null) => new DatasetReader([path], options).ReadRecords().ToList();

    private sealed class Recorder(List<DatasetProgress> reports) : IProgress<DatasetProgress>
    {
        public void Report(DatasetProgress value) => reports.Add(value);
    }
}
