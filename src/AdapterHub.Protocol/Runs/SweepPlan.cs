using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AdapterHub.Protocol.Runs;

/// <summary>Which settings of a training run take which values. A setting is its JSON path in the spec, such as <c>lora.rank</c>, or a short name such as <c>rank</c>.</summary>
public sealed record SweepPlan
{
    /// <summary>Every value of each setting with every value of all others.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonElement>> Grid { get; set; } = new Dictionary<string, IReadOnlyList<JsonElement>>(StringComparer.Ordinal);

    /// <summary>Or combinations one by one; each goes with all of the grid.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, JsonElement>> List { get; set; } = [];

    /// <summary>Short names of the settings that are varied most.</summary>
    private static readonly (string Name, string Path)[] ShortNames =
    [
        ("rank", "lora.rank"), ("alpha", "lora.alpha"), ("dropout", "lora.dropout"), ("targets", "lora.targets"), ("rate", "loop.learningRate"), ("learning-rate", "loop.learningRate"),
        ("seed", "loop.seed"), ("steps", "loop.steps"), ("epochs", "loop.epochs"), ("batch", "loop.batchSize"), ("accumulate", "loop.accumulate"), ("seq", "loop.sequenceLength"),
        ("schedule", "loop.schedule"), ("warmup", "loop.warmup"), ("weight-decay", "loop.weightDecay"),
    ];

    private static readonly string[] Fixed = ["kind", "name", "output", "overwrite", "resume", "baseName"];

    /// <summary>How many combinations it makes, equal ones included.</summary>
    public long Count => Grid.Values.Aggregate(List.Count > 0 ? (long)List.Count : 1, (count, values) => Math.Min(int.MaxValue, count * Math.Max(1, values.Count)));

    /// <summary>A value as somebody types it: a number or a truth value where it is one, else a text.</summary>
    public static JsonElement Value(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var word = text.Trim();
        var json = double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonSerializer.Serialize(number, ProtocolJson.Default.Double)
            : word is "true" or "false" ? word : JsonSerializer.Serialize(word, ProtocolJson.Default.String);
        return JsonSerializer.Deserialize(json, ProtocolJson.Default.JsonElement);
    }

    /// <summary>Every run that it makes of a spec.</summary>
    /// <param name="spec">What all of them have in common.</param>
    /// <param name="most">Above so many nothing is made.</param>
    /// <param name="problems">Sentences; empty where all is well.</param>
    public IReadOnlyList<SweepPoint> Expand(TrainSpec spec, int most, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        problems = found;
        if (Grid.FirstOrDefault(axis => axis.Value.Count == 0) is { Key: { } empty })
            found.Add($"{empty} has no values.");
        if (Count < 2)
            found.Add("A sweep has at least two runs: give a setting at least two values.");
        if (Count > most)
            found.Add($"These values make {Count.ToString("N0", CultureInfo.InvariantCulture)} runs, and a sweep has at most {most}. Take fewer values, or a list of the combinations that matter.");
        if (found.Count > 0)
            return [];
        var points = Combinations().Select(combination => Make(spec, combination, found)).OfType<SweepPoint>().ToList();
        foreach (var twice in points.GroupBy(point => JsonSerializer.Serialize<RunSpec>(point.Spec, ProtocolJson.Default.RunSpec), StringComparer.Ordinal).Where(same => same.Skip(1).Any()))
            found.Add($"{twice.Count()} of the combinations are the same run: {twice.First().Label}.");
        return found.Count > 0 ? [] : points;
    }

    private IEnumerable<List<(string Setting, JsonElement Value)>> Combinations()
    {
        IEnumerable<List<(string, JsonElement)>> made = List.Count > 0 ? List.Select(entry => entry.Select(one => (one.Key, one.Value)).ToList()) : [[]];
        foreach (var (setting, values) in Grid)
            made = made.SelectMany(_ => values, (before, value) => before.Append((setting, value)).ToList());
        return made;
    }

    private static SweepPoint? Make(TrainSpec spec, List<(string Setting, JsonElement Value)> combination, List<string> problems)
    {
        var json = JsonSerializer.SerializeToNode<RunSpec>(spec, ProtocolJson.Default.RunSpec)!.AsObject();
        foreach (var (setting, value) in combination)
        {
            var path = PathOf(setting);
            if (Fixed.Contains(path, StringComparer.OrdinalIgnoreCase))
                Add(problems, $"{setting} is not a setting that runs differ in.");
            else if (!TrySet(json, path.Split('.'), Node(path, value)))
                Add(problems, $"{setting} is no setting.");
        }

        try
        {
            return new SweepPoint(string.Join(", ", combination.Select(one => $"{ShortNameOf(PathOf(one.Setting))} {Write(one.Value)}")), (TrainSpec)json.Deserialize(ProtocolJson.Default.RunSpec)!);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or NotSupportedException)
        {
            Add(problems, $"{string.Join(", ", combination.Select(one => $"{one.Setting} = {Write(one.Value)}"))} cannot be: {wrong.Message.Split(" Path: ", 2)[0]}");
            return null;
        }
    }

    /// <summary>What is wrong with many combinations alike is said once.</summary>
    private static void Add(List<string> problems, string problem)
    {
        if (!problems.Contains(problem) && problems.Count < 10)
            problems.Add(problem);
    }

    private static bool TrySet(JsonObject json, string[] path, JsonNode? value)
    {
        for (var k = 0; k < path.Length - 1; k++)
        {
            if (json[path[k]] is not JsonObject inner)
                return false;
            json = inner;
        }

        json[path[^1]] = value;
        return true;
    }

    /// <summary>Names of modules may be typed as one text, q_proj+v_proj.</summary>
    private static JsonNode? Node(string path, JsonElement value) =>
        path is "lora.targets" or "lora.exclude" && value.ValueKind == JsonValueKind.String
            ? new JsonArray([.. value.GetString()!.Split(['+', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => (JsonNode)name)])
            : JsonNode.Parse(value.GetRawText());

    private static string Write(JsonElement value) => value.ValueKind == JsonValueKind.Array ? string.Join("+", value.EnumerateArray()) : value.ToString();

    private static string PathOf(string setting) => Array.Find(ShortNames, one => one.Name == setting) is { Path: { } path } ? path : setting;

    private static string ShortNameOf(string path) => Array.Find(ShortNames, one => one.Path == path) is { Name: { } name } ? name : path;
}

/// <summary>One combination.</summary>
/// <param name="Label">What sets it apart, such as "rank 8, rate 0.0002".</param>
public sealed record SweepPoint(string Label, TrainSpec Spec);
