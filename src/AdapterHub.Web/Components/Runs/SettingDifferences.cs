namespace AdapterHub.Web.Components.Runs;

/// <summary>A setting of several runs.</summary>
/// <param name="Name">Its JSON path, such as <c>lora.rank</c>.</param>
/// <param name="Values">In the order of the runs; null where a run left it to the program.</param>
public sealed record ComparedSetting(string Name, IReadOnlyList<string?> Values);

/// <summary>What sets the settings of several runs apart, and what they share.</summary>
public sealed record SettingDifferences(IReadOnlyList<ComparedSetting> Differing, IReadOnlyList<ComparedSetting> Same)
{
    /// <param name="specs">One JSON a run.</param>
    public static SettingDifferences Of(IReadOnlyList<string> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        var rows = specs.Select(spec => RunSettingRows.Of(spec).ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal)).ToList();
        var settings = rows.SelectMany(row => row.Keys).Distinct(StringComparer.Ordinal)
            .Select(name => new ComparedSetting(name, [.. rows.Select(row => row.GetValueOrDefault(name))])).ToLookup(setting => setting.Values.Distinct().Count() > 1);
        return new SettingDifferences([.. settings[true]], [.. settings[false]]);
    }
}
