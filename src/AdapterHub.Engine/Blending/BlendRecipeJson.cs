using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Engine.Blending;

/// <summary><c>blend.json</c>: the recipe, and what came of it.</summary>
public static class BlendRecipeJson
{
    private const string ExactName = "exact";
    private const string LowRankName = "low_rank";

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of the file. The same recipe and report give the same bytes.</summary>
    public static string Write(BlendRecipe recipe, BlendReport? report = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return JsonSerializer.Serialize(
            new RecipeFile(
                recipe.Version,
                recipe.Method == BlendMethod.Exact ? ExactName : LowRankName,
                [.. recipe.Parents.Select(parent => new ParentFile(parent.Name, parent.Weight, parent.Path, parent.Digests))])
            {
                Rank = recipe.Rank,
                Dtype = recipe.Dtype.FileName(),
                SavedModulesFrom = recipe.SavedModulesFrom,
                Seed = recipe.Seed,
                Result = report is null ? null : new JsonObject { ["exact"] = report.IsExact, ["relative_error"] = Shorten(report.RelativeError) },
            },
            Strict) + "\n";
    }

    /// <exception cref="AdapterFormatException">It is no recipe, or one of a later version of the program.</exception>
    public static BlendRecipe Parse(string json, string path = BlendRecipe.FileName)
    {
        RecipeFile file;
        try
        {
            file = JsonSerializer.Deserialize<RecipeFile>(json, Strict) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new AdapterFormatException(path, [new FormatFinding(exception.Path, "this is not the recipe of a blend", null, exception.Message)]);
        }

        return ToRecipe(file, path);
    }

    /// <summary>Reads the recipe beside a blend.</summary>
    /// <param name="path">The file, or the blend's folder.</param>
    /// <exception cref="AdapterFormatException">As for <see cref="Parse"/>.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static BlendRecipe Read(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, BlendRecipe.FileName) : path;
        return Parse(File.ReadAllText(file, Encoding.UTF8), file);
    }

    private static BlendRecipe ToRecipe(RecipeFile file, string path)
    {
        var findings = new List<FormatFinding>();
        if (file.Version is < 1 or > BlendRecipe.CurrentVersion)
            findings.Add(new FormatFinding("version", "this version of a recipe is not known here", $"1 to {BlendRecipe.CurrentVersion}", $"{file.Version}"));
        if (file.Method is not (ExactName or LowRankName))
            findings.Add(new FormatFinding("method", "unknown value", $"{ExactName} or {LowRankName}", file.Method));
        if (!SafetensorsDtypes.TryParse(file.Dtype, out var dtype))
            findings.Add(new FormatFinding("dtype", "unknown value", "F32, F16 or BF16", file.Dtype));
        if (findings.Count > 0)
            throw new AdapterFormatException(path, findings);
        return new BlendRecipe
        {
            Version = file.Version,
            Method = file.Method == ExactName ? BlendMethod.Exact : BlendMethod.LowRank,
            Rank = file.Rank,
            Dtype = dtype,
            SavedModulesFrom = file.SavedModulesFrom,
            Seed = file.Seed,
            Parents =
            [
                .. file.Parents.Select(parent => new BlendParent
                {
                    Name = parent.Name,
                    Weight = parent.Weight,
                    Path = parent.Path,
                    Digests = parent.Digests.ToImmutableSortedDictionary(StringComparer.Ordinal),
                }),
            ],
        };
    }

    /// <summary>Six digits: enough to read, and steady against the last bits in which one processor's libraries differ from another's.</summary>
    private static double Shorten(double error) =>
        double.Parse(error.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    private sealed record RecipeFile(int Version, string Method, IReadOnlyList<ParentFile> Parents)
    {
        public int? Rank { get; init; }

        public string Dtype { get; init; } = "F32";

        public int? SavedModulesFrom { get; init; }

        public ulong Seed { get; init; }

        /// <summary>For the reader's eye; making the blend again makes it again.</summary>
        public JsonObject? Result { get; init; }
    }

    private sealed record ParentFile(string Name, double Weight, string? Path, IReadOnlyDictionary<string, string> Digests);
}
