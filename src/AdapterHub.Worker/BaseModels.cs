namespace AdapterHub.Worker;

/// <summary>A base model that can be named without a path.</summary>
public sealed record BaseModel(string Name, string Directory);

/// <summary>
/// Where base models lie on this machine: folders of <c>data/seed/models</c> and <c>models</c> under <c>ADAPTERHUB_HOME</c>, the repository
/// (<c>ADAPTERHUB_ROOT</c>, or the nearest folder above the program that holds AdapterHub.sln) and the program's own folder.
/// </summary>
public sealed class BaseModels
{
    private const string ConfigFile = "config.json";
    private readonly IReadOnlyList<string> _roots;

    public BaseModels(IEnumerable<string> roots) =>
        _roots = [.. roots.SelectMany(root => new[] { Path.Combine(root, "data", "seed", "models"), Path.Combine(root, "models") }).Distinct(StringComparer.Ordinal)];

    public static BaseModels OnThisMachine { get; } = new(FindRoots());

    /// <summary>Sorted by name; of two with one name the first found.</summary>
    public IReadOnlyList<BaseModel> List() =>
    [
        .. _roots.Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root))
            .Where(folder => File.Exists(Path.Combine(folder, ConfigFile)))
            .Select(folder => new BaseModel(Path.GetFileName(folder), folder))
            .DistinctBy(model => model.Name)
            .OrderBy(model => model.Name, StringComparer.Ordinal),
    ];

    /// <summary>The folder of a known name, or the folder that <paramref name="name"/> is the path of.</summary>
    /// <exception cref="RunInputException">Neither; lists the names there are.</exception>
    public string Resolve(string name)
    {
        var isPlainName = !name.Contains('/', StringComparison.Ordinal) && name is not ("." or "..");
        if (isPlainName && List().FirstOrDefault(model => model.Name == name) is { } known)
            return known.Directory;
        if (File.Exists(Path.Combine(name, ConfigFile)))
            return name;
        throw new RunInputException(Directory.Exists(name)
            ? $"--base {name}: the folder holds no model: its {ConfigFile} is missing."
            : $"--base {name}: there is no such base model. {DescribeKnown()} Or give the folder of one: config.json, *.safetensors, tokenizer.json.");
    }

    private string DescribeKnown() => List() is { Count: > 0 } models
        ? $"Known here: {string.Join(", ", models.Select(model => model.Name))}."
        : $"None is known here; looked in {string.Join(", ", _roots)}.";

    private static IEnumerable<string> FindRoots()
    {
        foreach (var variable in new[] { "ADAPTERHUB_HOME", "ADAPTERHUB_ROOT" })
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } root)
                yield return Path.GetFullPath(root);
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AdapterHub.sln")))
            folder = folder.Parent;
        if (folder is not null)
            yield return folder.FullName;
        yield return AppContext.BaseDirectory;
    }
}
