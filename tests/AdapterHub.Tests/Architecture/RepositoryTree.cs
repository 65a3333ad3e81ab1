using System.Xml.Linq;

namespace AdapterHub.Tests.Architecture;

/// <summary>The checkout these tests were built from, found by walking up to the solution file.</summary>
internal static class RepositoryTree
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> SourceFiles(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    public static IEnumerable<(string Name, string[] References)> Projects() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Select(file => (ShortName(file), XDocument.Load(file).Descendants("ProjectReference")
                .Select(reference => ShortName((string)reference.Attribute("Include")!)).ToArray()));

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static string ShortName(string csproj) =>
        Path.GetFileNameWithoutExtension(csproj.Replace('\\', '/')).Replace("AdapterHub.", "", StringComparison.Ordinal);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AdapterHub.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No AdapterHub.sln above {AppContext.BaseDirectory}.");
    }
}
