using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AdapterHub.Tests.Architecture;

/// <summary>Rules a reader relies on: where native code is, what types are called, how long files and methods may get.</summary>
public sealed class SourceRules
{
    private const int LongestFile = 400;
    private const int LongestMethod = 60;
    private static readonly string[] VagueSuffixes = ["Manager", "Helper", "Util", "Utils", "Base", "Impl", "Data", "Info"];

    /// <summary>Files or members above the limits, each with its reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new(StringComparer.Ordinal);

    [Fact]
    public void NativeCode_IsOnlyInTorchInterop()
    {
        var outside = RepositoryTree.SourceFiles("src")
            .Where(file => !RepositoryTree.Relative(file).StartsWith("src/AdapterHub.Torch/Interop/", StringComparison.Ordinal))
            .Where(file => Tokens(file).Any(token => token is "unsafe" or "LibraryImport" or "DllImport" or "SafeHandle"))
            .Select(RepositoryTree.Relative);
        outside.ShouldBeEmpty();
    }

    [Fact]
    public void PickleReaders_DoNotExist() =>
        RepositoryTree.SourceFiles("src").Where(file => Tokens(file).Any(token => token is "BinaryFormatter" or "Unpickler"))
            .Select(RepositoryTree.Relative).ShouldBeEmpty();

    /// <summary>Bytes first, row last holds only where there is one way in.</summary>
    [Fact]
    public void Revisions_AreMadeByPublishingAlone() =>
        RepositoryTree.SourceFiles("src")
            .Where(file => !RepositoryTree.Relative(file).StartsWith("src/AdapterHub.Catalog/Publishing/", StringComparison.Ordinal))
            .Where(file => Root(file).DescendantNodes().OfType<ObjectCreationExpressionSyntax>().Any(made => made.Type.ToString() is "Commit" or "CommitFile" or "Blob"))
            .Select(RepositoryTree.Relative).ShouldBeEmpty();

    [Fact]
    public void Types_HaveNamesThatSayWhatTheyAre() =>
        RepositoryTree.SourceFiles("src").SelectMany(file => Root(file).DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            .Select(type => type.Identifier.Text)
            .Where(name => VagueSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
            .ShouldBeEmpty();

    [Fact]
    public void Files_AreShort() =>
        RepositoryTree.SourceFiles("src", "tests")
            .Select(file => (Name: RepositoryTree.Relative(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > LongestFile && !Exceptions.ContainsKey(file.Name))
            .ShouldBeEmpty();

    [Fact]
    public void Methods_AreShort() =>
        RepositoryTree.SourceFiles("src", "tests").SelectMany(LongMethods).ShouldBeEmpty();

    private static IEnumerable<string> LongMethods(string file) =>
        from member in Root(file).DescendantNodes()
        where member is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = member.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        let name = $"{RepositoryTree.Relative(file)}:{span.StartLinePosition.Line + 1}"
        where lines > LongestMethod && !Exceptions.ContainsKey(RepositoryTree.Relative(file))
        select $"{name} ({lines} lines)";

    private static IEnumerable<string> Tokens(string file) => Root(file).DescendantTokens().Select(token => token.Text);

    private static SyntaxNode Root(string file) => CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot();
}
