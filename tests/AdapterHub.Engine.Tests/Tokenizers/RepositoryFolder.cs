namespace AdapterHub.Engine.Tests.Tokenizers;

/// <summary>The checkout these tests were built from.</summary>
internal static class RepositoryFolder
{
    public static string Root { get; } = Find();

    /// <summary>A file of the folder <c>shared</c> beside the checkout; the test is skipped where it is absent.</summary>
    public static string Shared(params string[] parts)
    {
        var path = Path.Combine([Root, "..", "shared", .. parts]);
        // A second work tree of the checkout lies one folder deeper.
        if (!File.Exists(path))
            path = Path.Combine([Root, "..", "..", "shared", .. parts]);
        Assert.SkipUnless(File.Exists(path), $"{string.Join('/', parts)} is not in a folder shared beside the checkout");
        return path;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AdapterHub.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No AdapterHub.sln above {AppContext.BaseDirectory}.");
    }
}
