using System.Text;
using AdapterHub.Engine.Training.Datasets;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Training.Datasets;

/// <summary>A folder that goes away with its test.</summary>
internal sealed class DatasetFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("adapterhub-data-").FullName;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}

internal static class TestDocuments
{
    public const int EndOfText = 1;
    public const int BeginOfText = 2;

    /// <summary>One id a UTF-16 unit, with an id before every text that asks for special tokens.</summary>
    public static readonly TokenEncoder Characters = new(
        (text, special) => [.. special ? [BeginOfText] : Array.Empty<int>(), .. text.Select(character => (int)character)], 65536, EndOfText, "characters");

    /// <summary>Every token of a set differs from all others, so that a lost, doubled or misplaced one shows.</summary>
    public static ExampleList Distinct(IEnumerable<int> lengths, RowFit fit, Func<int, bool>? isTrained = null)
    {
        var next = 100;
        var examples = new List<TokenizedExample>();
        foreach (var length in lengths)
        {
            var tokens = Enumerable.Range(next, length).ToArray();
            next += length;
            examples.Add(new TokenizedExample(tokens, [.. tokens.Select(token => isTrained?.Invoke(token) ?? true)]) { Fit = fit });
        }

        return ExampleList.From(examples);
    }

    public static int[] Tokens(this ITokenDocuments documents, int document)
    {
        var tokens = new int[documents.GetLength(document)];
        documents.ReadTokens(document, 0, tokens);
        return tokens;
    }

    public static bool[] Mask(this ITokenDocuments documents, int document)
    {
        var mask = new bool[documents.GetLength(document)];
        documents.ReadLossMask(document, 0, mask);
        return mask;
    }

    public static IEnumerable<int[]> All(this ITokenDocuments documents) => Enumerable.Range(0, documents.Count).Select(documents.Tokens);

    /// <summary>Runs a property over 200 cases from a fixed seed.</summary>
    public static void Check<T>(Gen<T> cases, Action<T> property) =>
        Prop.ForAll(cases.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20260731, 1));
}
