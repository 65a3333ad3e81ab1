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
    /// <summary>Errors below this are rounding, which differs between processors.</summary>
    private const double Noise = 1e-7;

    private const string FrequencyName = "frequency";

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
            new RecipeFile(recipe.Version, recipe.Method.Name(), [.. recipe.Parents.Select(ParentFile.Of)])
            {
                Rank = recipe.Rank,
                Density = recipe.Density,
                MajoritySign = recipe.MajoritySign == MajoritySign.Frequency ? FrequencyName : null,
                Scale = recipe.Scale == 1 ? null : recipe.Scale,
                Dtype = recipe.Dtype.FileName(),
                SavedModulesFrom = recipe.SavedModulesFrom,
                Seed = recipe.Seed,
                BaseModel = recipe.BaseModel is { } model ? new BaseModelFile(model.Name, model.Digest) : null,
                Learning = recipe.Learning is { } learning ? new LearningFile(learning.BaseModel, learning.Documents, learning.Steps, learning.Tokens, learning.HeldOutLosses) : null,
                Result = report is null ? null : Describe(report, recipe.Version),
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
        if (!BlendMethods.TryParse(file.Method, out var method))
            findings.Add(new FormatFinding("method", "unknown value", string.Join(", ", BlendMethods.All), file.Method));
        if (file.MajoritySign is not (null or FrequencyName or "total"))
            findings.Add(new FormatFinding("majority_sign", "unknown value", $"total or {FrequencyName}", file.MajoritySign));
        if (!SafetensorsDtypes.TryParse(file.Dtype, out var dtype))
            findings.Add(new FormatFinding("dtype", "unknown value", "F32, F16 or BF16", file.Dtype));
        findings.AddRange(from parent in file.Parents
                          from rule in parent.Modules ?? []
                          where !ModulePattern.TryParse(rule.Pattern, out _)
                          select new FormatFinding(parent.Name, "this is no pattern of module paths", "segments joined by dots, such as layers.0-7.mlp", rule.Pattern));
        if (findings.Count > 0)
            throw new AdapterFormatException(path, findings);
        return new BlendRecipe
        {
            Version = file.Version,
            Method = method,
            Rank = file.Rank,
            Density = file.Density,
            MajoritySign = file.MajoritySign == FrequencyName ? MajoritySign.Frequency : MajoritySign.Total,
            Scale = file.Scale ?? 1,
            Dtype = dtype,
            SavedModulesFrom = file.SavedModulesFrom,
            Seed = file.Seed,
            BaseModel = file.BaseModel is { } model ? new BlendBaseModel { Name = model.Name, Digest = model.Digest } : null,
            Learning = file.Learning?.ToLearning(),
            Parents = [.. file.Parents.Select(parent => parent.ToParent())],
        };
    }

    /// <summary>What became of it, and from version 2 on what each rank would lose: for the reader's eye.</summary>
    private static JsonObject Describe(BlendReport report, int version)
    {
        var result = new JsonObject { ["exact"] = report.IsExact, ["relative_error"] = Shorten(report.RelativeError) };
        if (version > 1 && report.ErrorCurve() is { Count: > 0 } curve)
            result["error_by_rank"] = new JsonArray([.. curve.Select(point => new JsonArray(point.Rank, Shorten(point.RelativeError)))]);
        return result;
    }

    /// <summary>Six digits: enough to read, and steady against the last bits in which one processor's libraries differ from another's.</summary>
    private static double Shorten(double error) => error < Noise ? 0 :
        double.Parse(error.ToString("G6", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What version 1 does not know is left out where it says nothing, so that its files keep their bytes.</summary>
    private sealed record RecipeFile(int Version, string Method, IReadOnlyList<ParentFile> Parents)
    {
        public int? Rank { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? Density { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? MajoritySign { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? Scale { get; init; }

        public string Dtype { get; init; } = "F32";

        public int? SavedModulesFrom { get; init; }

        public ulong Seed { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public BaseModelFile? BaseModel { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public LearningFile? Learning { get; init; }

        /// <summary>For the reader's eye; making the blend again makes it again.</summary>
        public JsonObject? Result { get; init; }
    }

    private sealed record ParentFile(string Name, double Weight, string? Path, IReadOnlyDictionary<string, string> Digests)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<ModuleWeightFile>? Modules { get; init; }

        public static ParentFile Of(BlendParent parent) => new(parent.Name, parent.Weight, parent.Path, parent.Digests)
        {
            Modules = parent.Modules.IsDefaultOrEmpty ? null : [.. parent.Modules.Select(rule => new ModuleWeightFile(rule.Pattern.Text, rule.Weight))],
        };

        public BlendParent ToParent() => new()
        {
            Name = Name,
            Weight = Weight,
            Path = Path,
            Digests = Digests.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Modules = [.. (Modules ?? []).Select(rule => new ModuleWeight(ModulePattern.Parse(rule.Pattern), rule.Weight))],
        };
    }

    private sealed record ModuleWeightFile(string Pattern, double Weight);

    private sealed record BaseModelFile(string Name, string? Digest);

    private sealed record LearningFile(string BaseModel, string Documents, int Steps, long Tokens, IReadOnlyDictionary<string, double> HeldOutLosses)
    {
        public BlendLearning ToLearning() => new()
        {
            BaseModel = BaseModel,
            Documents = Documents,
            Steps = Steps,
            Tokens = Tokens,
            HeldOutLosses = HeldOutLosses.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }
}
