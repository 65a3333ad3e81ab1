namespace AdapterHub.Formats.Inspection.Anatomy;

/// <summary>A row of the heat map.</summary>
/// <param name="Stack">The list of layers, such as <c>model.layers</c>; empty for modules that lie in none.</param>
/// <param name="Layer">Its index; null for modules that lie in no layer.</param>
public sealed record AnatomyRow(string Stack, int? Layer);

/// <summary>
/// The heat map of an adapter: norms by layer and module. Modules of one cell, such as the experts of a layer, are taken together, and so are
/// all beyond <see cref="MostRows"/> and <see cref="MostColumns"/>: no model has so many, but a hostile file can.
/// </summary>
public sealed class AnatomyMap
{
    public const int MostRows = 512;
    public const int MostColumns = 128;
    private const string Others = "others"; // under a key that no path can have

    /// <summary>The order in which people name the modules of a layer; others follow by name.</summary>
    private static readonly string[] UsualOrder =
    [
        "q_proj", "q", "query", "to_q", "c_attn", "query_key_value", "qkv_proj", "Wqkv", "in_proj", "k_proj", "k", "key", "to_k", "v_proj", "v", "value", "to_v",
        "o_proj", "o", "out_proj", "to_out", "dense", "gate_proj", "gate_up_proj", "w1", "wi_0", "fc1", "c_fc", "up_proj", "w3", "wi_1", "wi", "down_proj", "w2", "wo", "fc2", "c_proj",
    ];

    private readonly double?[,] _norms;

    private AnatomyMap(IReadOnlyList<AnatomyRow> rows, IReadOnlyList<string> columns, double?[,] norms) => (Rows, Columns, _norms) = (rows, columns, norms);

    /// <summary>Layers in ascending order; modules outside of layers last.</summary>
    public IReadOnlyList<AnatomyRow> Rows { get; }

    /// <summary>Module names, the shortest endings that tell them apart.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The largest cell, or 0.</summary>
    public double Largest => _norms.Cast<double?>().Max() ?? 0;

    /// <summary>||dW||_F of a cell; null where the adapter has no module there.</summary>
    public double? this[int row, int column] => _norms[row, column];

    public static AnatomyMap Of(IEnumerable<ModuleAnatomy> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        var placed = modules.Select(module => (Module: module, Place: Place(module.Path))).ToList();
        List<AnatomyRow> rows = [.. placed.Select(item => item.Place.Row).Distinct()
            .OrderBy(row => row.Layer is null).ThenBy(row => row.Stack, StringComparer.Ordinal).ThenBy(row => row.Layer)];
        if (rows.Count > MostRows)
            rows = [.. rows.Take(MostRows - 1), new AnatomyRow("", null)];
        var columns = Name(placed.Select(item => item.Place.Column).Distinct(StringComparer.Ordinal));
        var rowOf = rows.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        var columnOf = columns.Index().ToDictionary(entry => entry.Item.Key, entry => entry.Index, StringComparer.Ordinal);
        var norms = new double?[rows.Count, columns.Count];
        foreach (var (module, place) in placed)
        {
            ref var cell = ref norms[rowOf.GetValueOrDefault(place.Row, rows.Count - 1), columnOf.GetValueOrDefault(place.Column, columns.Count - 1)];
            cell = Math.Sqrt((cell * cell ?? 0) + (module.Norm * module.Norm));
        }

        return new AnatomyMap(rows, [.. columns.Select(column => column.Name)], norms);
    }

    private static (AnatomyRow Row, string Column) Place(string path)
    {
        if (ModulePath.FindLayer(path) is not var (stack, layer, within))
            return (new AnatomyRow("", null), path);
        var parts = within.Split('.').Where(part => part.Length > 0 && !ModulePath.IsIndex(part)).ToList();
        return (new AnatomyRow(stack, layer), parts.Count > 0 ? string.Join('.', parts) : ModulePath.Leaf(stack));
    }

    private static List<(string Key, string Name)> Name(IEnumerable<string> keys)
    {
        List<string> all = [.. keys.OrderBy(key => Array.IndexOf(UsualOrder, ModulePath.Leaf(key)) is >= 0 and var at ? at : UsualOrder.Length).ThenBy(key => key, StringComparer.Ordinal)];
        var kept = all.Count > MostColumns ? all[..(MostColumns - 1)] : all;
        var named = kept.ConvertAll(key => (key, Shortest(key, kept)));
        return kept.Count == all.Count ? named : [.. named, ("\n", Others)];
    }

    private static string Shortest(string key, List<string> all)
    {
        for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
        {
            if (all.Count(other => other == key[(dot + 1)..] || other.EndsWith(key[dot..], StringComparison.Ordinal)) == 1)
                return key[(dot + 1)..];
        }

        return key;
    }
}
