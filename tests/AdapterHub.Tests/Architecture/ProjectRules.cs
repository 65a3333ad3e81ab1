namespace AdapterHub.Tests.Architecture;

/// <summary>The reference table of ARCHITECTURE.md, "Projects".</summary>
public sealed class ProjectRules
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Formats"] = [],
        ["Protocol"] = [],
        ["Torch"] = [],
        ["Engine"] = ["Formats", "Torch"],
        ["Catalog"] = ["Formats"],
        ["Web"] = ["Catalog", "Protocol", "Formats"],
        ["Worker"] = ["Protocol", "Formats", "Torch", "Engine"],
        ["Cli"] = ["Formats", "Protocol", "Torch", "Engine", "Catalog", "Web", "Worker"],
    };

    [Fact]
    public void EveryProject_ReferencesOnlyWhatItsRuleAllows()
    {
        var broken = new List<string>();
        foreach (var (name, references) in RepositoryTree.Projects())
        {
            Allowed.ShouldContainKey(name, $"src/AdapterHub.{name} has no rule in {nameof(ProjectRules)}.");
            broken.AddRange(references.Except(Allowed[name]).Select(reference => $"{name} -> {reference}"));
        }

        broken.ShouldBeEmpty();
    }

    [Fact]
    public void FormatsAndProtocol_TakeNoPackages()
    {
        foreach (var name in new[] { "Formats", "Protocol" })
            File.ReadAllText(Path.Combine(RepositoryTree.Root, "src", $"AdapterHub.{name}", $"AdapterHub.{name}.csproj"))
                .ShouldNotContain("PackageReference", customMessage: $"{name} is the base class library only.");
    }
}
