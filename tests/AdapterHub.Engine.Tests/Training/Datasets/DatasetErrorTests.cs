using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;

namespace AdapterHub.Engine.Tests.Training.Datasets;

/// <summary>What a person reads when the data is bad.</summary>
public sealed class DatasetErrorTests : IDisposable
{
    private readonly DatasetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.txt", "", "PATH: the file is empty")]
    [InlineData("a.txt", " \n\t\n", "PATH: there is no text in it, only white space")]
    [InlineData("a.jsonl", "", "PATH: the file is empty")]
    [InlineData("a.jsonl", "\n\n", "PATH: there is no text in it, only white space")]
    [InlineData("a.csv", "", "PATH: the file is empty")]
    [InlineData("a.csv", "text\n", "PATH, line 1: has a header and no rows")]
    [InlineData("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"\n", "PATH, line 2: not valid JSON at byte 13: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed.")]
    [InlineData("a.jsonl", "{\"text\": 'a'}", "PATH, line 1: not valid JSON at byte 10: ''' is an invalid start of a value.")]
    [InlineData("a.jsonl", "{\"text\": \"a\", \"text\": \"b\"}", "PATH, line 1: not valid JSON: Duplicate property 'text' encountered during deserialization.")]
    [InlineData("a.jsonl", "[1]", "PATH, line 1: is a list, expected an object")]
    [InlineData("a.jsonl", "{\"text\": 3}", "PATH, line 1: \"text\" is a number, expected a string")]
    [InlineData("a.jsonl", "{\"text\": null}", "PATH, line 1: \"text\" is null, expected a string")]
    [InlineData("a.jsonl", "{\"text\": \"  \"}", "PATH, line 1: \"text\" is empty")]
    [InlineData("a.jsonl", "{\"text\": \"\\ud800\"}", "PATH, line 1: has half a surrogate pair among its \\u escapes")]
    [InlineData("a.jsonl", "{\"prompt\": \"p\", \"completion\": \"\"}", "PATH, line 1: \"completion\" is empty")]
    [InlineData("a.jsonl", "{\"prompt\": \"p\"}", "PATH, line 1: \"completion\" is missing; there is \"prompt\"")]
    [InlineData("a.jsonl", "{\"body\": \"p\", \"id\": 1}", "PATH, line 1: has no \"text\", \"prompt\" with \"completion\" or \"messages\"; it has \"body\", \"id\"")]
    [InlineData("a.jsonl", "{\"text\": \"p\", \"messages\": []}", "PATH, line 1: fits more than one of \"text\", \"prompt\" with \"completion\" or \"messages\"; name the field to use")]
    [InlineData("a.jsonl", "{\"messages\": {}}", "PATH, line 1: \"messages\" is an object, expected a list")]
    [InlineData("a.jsonl", "{\"messages\": []}", "PATH, line 1: \"messages\" has no assistant message, so there is nothing to learn")]
    [InlineData("a.jsonl", "{\"messages\": [{\"role\": \"bot\", \"content\": \"a\"}]}", "PATH, line 1: message 1 has the role \"bot\"; known are \"system\", \"user\", \"assistant\", \"tool\"")]
    [InlineData("a.jsonl", "{\"messages\": [{\"role\": \"user\"}]}", "PATH, line 1: message 1: \"content\" is missing; there is \"role\"")]
    [InlineData("a.jsonl", "{\"messages\": [{\"role\": \"assistant\", \"content\": \"\"}]}", "PATH, line 1: message 1 (assistant) is empty")]
    [InlineData("a.csv", "id,body\n1,x\n", "PATH, line 1: no column \"text\" or \"prompt\" with \"completion\"; the header has \"id\", \"body\"")]
    [InlineData("a.csv", "text,text\n1,x\n", "PATH, line 1: the column \"text\" occurs twice")]
    [InlineData("a.csv", "text,prompt,completion\n1,x,y\n", "PATH, line 1: has columns for more than one of \"text\" or \"prompt\" with \"completion\"; name the column to use")]
    [InlineData("a.csv", "id,text\n1,a\n2\n", "PATH, line 3: has 1 fields, the header has 2")]
    [InlineData("a.csv", "id,text\n1,\"a\nb\"\n2, \n", "PATH, line 4: \"text\" is empty")]
    [InlineData("a.csv", "prompt,completion\np,\n", "PATH, line 2: \"completion\" is empty")]
    [InlineData("a.csv", "id,text\n1,\"a\n2,b\n", "PATH, line 2: the quote that opens field 2 on line 2 is never closed")]
    [InlineData("a.csv", "id,text\n1,\"a\"b\n2,b\n", "PATH, line 2: text after the closing quote of field 2; a quote inside a quoted field is written twice")]
    [InlineData("a.parquet", "PAR1", "PATH: files of the kind \".parquet\" are not read; give .txt, .jsonl or .csv")]
    public void BadFile_IsSaidWithPlaceAndReason(string name, string contents, string message)
    {
        var path = _folder.Write(name, contents);
        Fail(() => new DatasetReader([path]).ReadRecords().Count()).Message.ShouldBe(message.Replace("PATH", path, StringComparison.Ordinal));
    }

    [Fact]
    public void Latin1Text_IsSaidWithOffsetAndLine()
    {
        var path = _folder.Write("a.txt", [.. "one\ncaf"u8, 0xE9, .. " x\n"u8]);
        Fail(() => new DatasetReader([path]).ReadRecords().Count()).Message
            .ShouldBe($"{path}, line 2: not UTF-8: byte 0xE9 at offset 7 belongs to no character; save the file as UTF-8");
    }

    [Fact]
    public void ManyBadRows_AreListedUpToTwentyAndCounted()
    {
        var path = _folder.Write("a.jsonl", string.Concat(Enumerable.Repeat("{\"text\": \"good\"}\n{\"text\": \"\"}\n", 25)));
        var failure = Fail(() => new DatasetReader([path]).ReadRecords().Count());
        failure.Count.ShouldBe(25);
        failure.Findings.Select(finding => finding.Line).ShouldBe(Enumerable.Range(1, 20).Select(k => (long?)(2 * k)));
        var lines = failure.Message.Split('\n');
        lines[0].ShouldBe("25 problems in the training data:");
        lines[1].ShouldBe($"  {path}, line 2: \"text\" is empty");
        lines[^1].ShouldBe("  and 5 more");
    }

    [Fact]
    public void BadFiles_AreAllReportedAtOnce()
    {
        var bad = _folder.Write("a.txt", [0xFF]);
        var empty = _folder.Write("b.txt", "");
        var row = _folder.Write("c.csv", "text\n\" \"\nfine\n");
        var failure = Fail(() => new DatasetReader([bad, empty, row]).ReadRecords().Count());
        failure.Findings.Select(finding => (finding.Path, finding.Line)).ShouldBe([(bad, 1L), (empty, null), (row, 2L)]);
    }

    [Fact]
    public void ConversationWithoutChatFormat_IsRefused()
    {
        var path = _folder.Write("a.jsonl", "{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}");
        Fail(() => new DatasetReader([path]).ReadExamples(new ExampleEncoder(TestDocuments.Characters)).Count()).Message
            .ShouldBe($"{path}, line 1: is a conversation, and the base model names no chat format");
    }

    [Fact]
    public void ConversationThatTheFormatCannotSay_IsRefusedByLine()
    {
        var path = _folder.Write("a.jsonl", "\n{\"messages\": [{\"role\": \"tool\", \"content\": \"a\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}");
        Fail(() => new DatasetReader([path]).ReadExamples(new ExampleEncoder(TestDocuments.Characters, ChatFormat.ChatMl.RenderSegments)).Count()).Message
            .ShouldBe($"{path}, line 2: cannot be written in the base model's chat format: Message 0 has the role \"tool\"; supported: system, user, assistant.");
    }

    [Fact]
    public void MissingPaths_AreAllNamed()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Root, "none"));
        var failure = Fail(() => DatasetFiles.Resolve([$"{_folder.Root}/x.txt", $"{_folder.Root}/none", $"{_folder.Root}/*.csv"]));
        failure.Findings.Select(finding => finding.Problem).ShouldBe(
            ["no such file or folder", "holds 0 files, none of them .txt, .jsonl or .csv", "matches 0 files, none of them .txt, .jsonl or .csv"]);
    }

    private static DatasetException Fail(Func<object> action) => Should.Throw<DatasetException>(() => { action(); });
}
