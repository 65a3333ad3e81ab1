using AdapterHub.Cli.Output;
using AdapterHub.Engine.Models;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Cli.Inspection;

/// <summary>Parameters of one part of a model.</summary>
internal sealed record ModelPart(string Name, int Tensors, long Parameters);

/// <summary>What a model folder holds.</summary>
internal sealed record ModelInspection
{
    public string Kind => "model";

    public required string Path { get; init; }

    public required long Bytes { get; init; }

    public required int Files { get; init; }

    public required string ModelType { get; init; }

    public required int Layers { get; init; }

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadDim { get; init; }

    public required int VocabularySize { get; init; }

    public required int ContextLength { get; init; }

    public required bool TiedEmbeddings { get; init; }

    public required string Dtype { get; init; }

    public required long Parameters { get; init; }

    public required IReadOnlyList<ModelPart> Parts { get; init; }

    public static ModelInspection Of(string folder)
    {
        var config = ModelConfig.Read(folder);
        using var weights = SafetensorsCheckpoint.Open(folder);
        var map = BaseTensorMap.Of(weights, null);
        return new ModelInspection
        {
            Path = folder,
            Bytes = weights.Files.Sum(file => new FileInfo(file.Path).Length),
            Files = weights.Files.Count,
            ModelType = config.ModelType,
            Layers = config.Layers,
            HiddenSize = config.HiddenSize,
            IntermediateSize = config.IntermediateSize,
            Heads = config.Heads,
            KeyValueHeads = config.KeyValueHeads,
            HeadDim = config.HeadDim,
            VocabularySize = config.VocabularySize,
            ContextLength = config.ContextLength,
            TiedEmbeddings = config.TieWordEmbeddings,
            Dtype = string.Join(", ", map.Tensors.Values.Select(tensor => tensor.Dtype.FileName()).Distinct()),
            Parameters = map.Parameters,
            Parts = [.. map.Tensors.GroupBy(entry => Part(entry.Key)).Select(group => new ModelPart(group.Key, group.Count(), group.Sum(entry => entry.Value.Count))).OrderByDescending(part => part.Parameters)],
        };
    }

    public void Show(Terminal terminal)
    {
        terminal.WritePairs(
        [
            ("model", $"{Path} ({Words.Bytes(Bytes)} in {Files} {(Files == 1 ? "file" : "files")})"),
            ("architecture", ModelType),
            ("parameters", $"{Words.Count(Parameters)} in {Dtype}"),
            ("layers", $"{Layers} of width {HiddenSize}, {Heads} heads of {HeadDim} ({KeyValueHeads} for keys and values), inner width {IntermediateSize}"),
            ("vocabulary", $"{Words.Count(VocabularySize)}, embeddings {(TiedEmbeddings ? "tied" : "not tied")}"),
            ("context", $"{Words.Count(ContextLength)} tokens"),
        ]);
        terminal.WriteTable(["part", "tensors", "parameters"], [.. Parts.Select(part => new[] { part.Name, Words.Count(part.Tensors), Words.Count(part.Parameters) })]);
    }

    /// <summary>"mlp.up_proj" of every layer together.</summary>
    private static string Part(string name)
    {
        var steps = name.Split('.').Where(step => !int.TryParse(step, out _) && step is not ("model" or "layers" or "weight" or "bias"));
        return string.Join('.', steps);
    }
}
