namespace AdapterHub.Browser.Tests.Fixtures;

/// <summary>The checkout these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AdapterHub.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No AdapterHub.sln above {AppContext.BaseDirectory}.");
    }
}
