using System.Globalization;
using AdapterHub.Formats.Peft;

namespace AdapterHub.Formats.Inspection;

/// <summary>Compares an adapter's modules with a base model's, sizes in the base's own words.</summary>
internal sealed class CoverageCheck(AdapterOutline adapter, BaseTensorMap map)
{
    private readonly PrefixShift _shift = PrefixShift.Find(adapter.Modules.Select(module => module.Path), map.Modules);
    private readonly List<string> _bound = [];
    private readonly List<CoverageMisfit> _unbound = [];
    private readonly List<string> _replaced = [];
    private readonly List<string> _added = [];
    private readonly List<CoverageMisfit> _reshaped = [];
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    public AdapterCoverage Run()
    {
        foreach (var module in adapter.Modules)
            Check(module);
        foreach (var (name, tensor) in adapter.SavedModules.OrderBy(saved => saved.Key, CodePointComparer.Instance))
            Check(name, tensor);
        var adaptable = map.Modules.Values.Where(module => module.IsAdaptable).Select(module => module.Path).ToList();
        return new AdapterCoverage
        {
            Bound = _bound,
            Unbound = _unbound,
            Replaced = _replaced,
            Added = _added,
            Reshaped = _reshaped,
            Untouched = [.. adaptable.Where(path => !_touched.Contains(path)).Order(CodePointComparer.Instance)],
            Adaptable = adaptable.Count,
            PrefixShift = _shift.Name,
        };
    }

    private void Check(ModuleOutline module)
    {
        if (_shift.FindModule(module.Path, map.Modules) is not { } target)
        {
            _unbound.Add(new CoverageMisfit(module.Path, MisfitReason.NoSuchModule, "is no module of the base model"));
            return;
        }

        if (FindMisfit(module, target) is { } misfit)
        {
            _unbound.Add(misfit);
            return;
        }

        _bound.Add(module.Path);
        _touched.Add(target.Path);
    }

    private static CoverageMisfit? FindMisfit(ModuleOutline module, BaseModule target)
    {
        // What only its name tells from an embedding may be one: a linear's path can carry an embedding's factors if the sizes agree.
        if (module.Kind != target.Kind && !(module.Kind == LoraModuleKind.Embedding && target.Kind == LoraModuleKind.Linear))
            return new CoverageMisfit(module.Path, MisfitReason.OtherKind, "is another kind of layer in the base model", Name(target.Kind), Name(module.Kind));
        var fits = module.Kind switch
        {
            LoraModuleKind.Conv2d => target.Shape.AsSpan()[1..].SequenceEqual(module.A.Shape.AsSpan()[1..]) && target.Shape[0] == module.B.Shape[0],
            LoraModuleKind.Embedding when target.Kind == LoraModuleKind.Linear => Fits(module, target.Outputs, target.Inputs),
            _ => Fits(module, target.Inputs, target.Outputs) || (module.FanInFanOut && Fits(module, target.Outputs, target.Inputs)),
        };
        return fits ? null
            : new CoverageMisfit(module.Path, MisfitReason.OtherShape, "has another shape in the base model", Describe(target), Describe(module));
    }

    private static bool Fits(ModuleOutline module, long? inputs, long? outputs) =>
        (inputs ?? module.A.Shape[1]) == module.A.Shape[1] && (outputs ?? module.B.Shape[0]) == module.B.Shape[0];

    private void Check(string saved, TensorOutline tensor)
    {
        if (SavedModuleName.FindTokenTable(saved) is { } table)
        {
            CheckTokenRows(saved, table, tensor);
            return;
        }

        var name = _shift.ToBase(SavedModuleName.ToWeight(saved), map.Tensors);
        if (map.Tensors.GetValueOrDefault(name)?.Shape is { } shape)
            CheckShape(saved, shape, tensor);
        else if (name.EndsWith(".weight", StringComparison.Ordinal) && map.Modules.GetValueOrDefault(name[..^".weight".Length]) is { IsTied: true } tied)
            CheckShape(saved, tied.Shape, tensor);
        else
            _added.Add(saved);
    }

    private void CheckShape(string saved, System.Collections.Immutable.ImmutableArray<long> expected, TensorOutline tensor)
    {
        if (expected.AsSpan().SequenceEqual(tensor.Shape.AsSpan()))
            _replaced.Add(saved);
        else
            _reshaped.Add(new CoverageMisfit(
                saved, MisfitReason.OtherShape, "has another shape in the base model", TensorOutline.Describe(expected), TensorOutline.Describe(tensor.Shape)));
    }

    private void CheckTokenRows(string saved, string table, TensorOutline tensor)
    {
        if (_shift.FindModule(table, map.Modules) is not { } target)
        {
            _reshaped.Add(new CoverageMisfit(saved, MisfitReason.NoSuchModule, "replaces rows of a table that the base model does not have"));
            return;
        }

        var rows = TokenRows.Find(adapter.Config, table);
        var width = target.Kind == LoraModuleKind.Embedding ? target.Outputs : target.Inputs;
        var count = target.Kind == LoraModuleKind.Embedding ? target.Inputs : target.Outputs;
        if (!tensor.Shape.AsSpan().SequenceEqual([rows.Length, width ?? -1]))
            _reshaped.Add(new CoverageMisfit(
                saved, MisfitReason.OtherShape, "does not fit trainable_token_indices and the base's embedding", TensorOutline.Describe([rows.Length, width ?? -1]), TensorOutline.Describe(tensor.Shape)));
        else if (rows.Any(row => row < 0 || row >= count))
            _reshaped.Add(new CoverageMisfit(
                saved, MisfitReason.OtherShape, "trainable_token_indices names a token that the base does not have", $"0 to {count - 1}",
                rows.First(row => row < 0 || row >= count).ToString(CultureInfo.InvariantCulture)));
        else
            _replaced.Add(saved);
    }

    private static string Name(LoraModuleKind kind) => kind switch
    {
        LoraModuleKind.Embedding => "an embedding",
        LoraModuleKind.Conv2d => "a convolution",
        _ => "a linear layer",
    };

    private static string Describe(BaseModule module) => module.Kind == LoraModuleKind.Conv2d
        ? TensorOutline.Describe(module.Shape)
        : $"{Width(module.Inputs)} in, {Width(module.Outputs)} out";

    private static string Describe(ModuleOutline module) => module.Kind == LoraModuleKind.Conv2d
        ? TensorOutline.Describe([module.B.Shape[0], .. module.A.Shape[1..]])
        : $"{module.A.Shape[1]} in, {module.B.Shape[0]} out";

    private static string Width(long? width) => width?.ToString(CultureInfo.InvariantCulture) ?? "any";
}
