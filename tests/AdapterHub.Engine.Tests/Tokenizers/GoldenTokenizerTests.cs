using System.Text.Json;
using AdapterHub.Engine.Tokenizers;

namespace AdapterHub.Engine.Tests.Tokenizers;

/// <summary>Every pair NAME.tokenizer.json, NAME.cases.json in Golden/tokenizers: the ids and texts of huggingface/tokenizers (golden_tokenizers.py).</summary>
public sealed class GoldenTokenizerTests
{
    private const string None = "(none)";
    private static readonly string Folder = Path.Combine(RepositoryFolder.Root, "tests", "AdapterHub.Engine.Tests", "Golden", "tokenizers");

    public static TheoryData<string> Names
    {
        get
        {
            var names = Directory.Exists(Folder)
                ? Directory.EnumerateFiles(Folder, "*.cases.json").Select(file => Path.GetFileName(file).Replace(".cases.json", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray()
                : [];
            return [.. names.Length > 0 ? names : [None]];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryCase_GivesTheIdsAndTextOfTheReference(string name)
    {
        Assert.SkipWhen(name == None, $"{Folder} holds no golden tokenizers");
        var tokenizer = Tokenizer.Load(Path.Combine(Folder, $"{name}.tokenizer.json"));
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{name}.cases.json")));
        foreach (var golden in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            var text = golden.GetProperty("text").GetString()!;
            var (ids, special) = (Ids(golden, "ids"), Ids(golden, "ids_special"));
            tokenizer.Encode(text, addSpecialTokens: false).ShouldBe(ids, text);
            tokenizer.Encode(text).ShouldBe(special, text);
            var decoded = golden.GetProperty("decoded").GetString()!;
            tokenizer.Decode(ids).ShouldBe(decoded);
            tokenizer.Decode(special, skipSpecialTokens: false).ShouldBe(golden.TryGetProperty("decoded_special", out var other) ? other.GetString() : decoded);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SavedFile_IsTheFileThatWasLoaded(string name)
    {
        Assert.SkipWhen(name == None, $"{Folder} holds no golden tokenizers");
        var source = Path.Combine(Folder, $"{name}.tokenizer.json");
        var target = Path.Combine(Directory.CreateTempSubdirectory("adapterhub-").FullName, "tokenizer.json");
        var tokenizer = Tokenizer.Load(source);
        tokenizer.Save(target);
        File.ReadAllBytes(target).ShouldBe(File.ReadAllBytes(source));
        Tokenizer.Load(target).Digest.ShouldBe(tokenizer.Digest);
        Directory.Delete(Path.GetDirectoryName(target)!, recursive: true);
    }

    private static int[] Ids(JsonElement golden, string name) => [.. golden.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
