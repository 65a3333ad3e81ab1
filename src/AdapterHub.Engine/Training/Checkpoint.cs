using System.Collections.Immutable;
using System.Text.Json;
using AdapterHub.Formats;
using AdapterHub.Formats.Safetensors;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>
/// The files of one checkpoint: <c>trainer.json</c>, <c>trainer.safetensors</c> (parameters, moments and the loss curve in f32, so that a resumed run goes
/// on bit for bit), and what was trained in the form others read, in a folder of its own.
/// </summary>
internal static class Checkpoint
{
    private const string StateFile = "trainer.json";
    private const string TensorFile = "trainer.safetensors";
    private const string ParameterPrefix = "parameter.";
    private const string CurveName = "curve";

    public static void Write(string folder, ITrainingTarget target, AdamW optimizer, TrainerState state, IReadOnlyList<CurvePoint> curve)
    {
        target.Save(Path.Combine(folder, target.Kind));
        var tensors = Tensors(target, optimizer).Select(tensor => HostTensors.Source(tensor.Name, tensor.Value)).ToList();
        float[] points = [.. curve.SelectMany(point => new[] { point.Loss, point.GradientNorm })];
        tensors.Add(SafetensorsSource.FromTensor(CurveName, AdapterTensor.FromSingles(points, [curve.Count, 2])));
        SafetensorsWriter.Write(Path.Combine(folder, TensorFile), ImmutableDictionary<string, string>.Empty.Add("format", "pt"), tensors);
        StagedFile.WriteText(Path.Combine(folder, StateFile), JsonSerializer.Serialize(state, TrainingJson.Default.TrainerState));
    }

    /// <exception cref="TrainingException">The file is missing or is no state of this version.</exception>
    public static TrainerState ReadState(string folder)
    {
        var path = Path.Combine(folder, StateFile);
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllText(path), TrainingJson.Default.TrainerState);
            return state is { Format: TrainerState.CurrentFormat }
                ? state
                : throw new TrainingException(TrainingFailure.Resume, $"{path} is of format {state?.Format}; this version of the program reads {TrainerState.CurrentFormat}");
        }
        catch (Exception reason) when (reason is JsonException or IOException)
        {
            throw new TrainingException(TrainingFailure.Resume, $"{path} cannot be read: {reason.Message}; delete the checkpoint to resume from the one before it", reason);
        }
    }

    /// <summary>Fills parameters and moments; gives back the curve.</summary>
    /// <exception cref="TrainingException">A tensor is missing or has another shape.</exception>
    public static IReadOnlyList<CurvePoint> ReadTensors(string folder, ITrainingTarget target, AdamW optimizer)
    {
        using var file = OpenTensors(folder);
        Fill(file, Tensors(target, optimizer));
        var curve = file.Find(CurveName) is { } tensor
            ? new AdapterTensor(tensor.Dtype, tensor.Shape, file.Read(tensor)).ToSingles()
            : throw new TrainingException(TrainingFailure.Resume, $"{file.Path} has no loss curve");
        return [.. curve.Chunk(2).Select((point, index) => new CurvePoint(index + 1, point[0], point[1]))];
    }

    /// <summary>Fills the parameters alone.</summary>
    public static void ReadParameters(string folder, ITrainingTarget target)
    {
        using var file = OpenTensors(folder);
        Fill(file, Parameters(target));
    }

    private static IEnumerable<(string Name, Tensor Value)> Parameters(ITrainingTarget target) =>
        target.Parameters.Select(parameter => (ParameterPrefix + parameter.Name, parameter.Value));

    private static IEnumerable<(string Name, Tensor Value)> Tensors(ITrainingTarget target, AdamW optimizer) => Parameters(target).Concat(optimizer.State);

    private static SafetensorsFile OpenTensors(string folder)
    {
        try
        {
            return SafetensorsFile.Open(Path.Combine(folder, TensorFile));
        }
        catch (Exception reason) when (reason is AdapterFormatException or IOException)
        {
            throw new TrainingException(TrainingFailure.Resume, $"the checkpoint {folder} is broken: {reason.Message}", reason);
        }
    }

    private static void Fill(SafetensorsFile file, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        var missing = new List<string>();
        foreach (var (name, value) in tensors)
        {
            if (file.Find(name) is { Dtype: SafetensorsDtype.F32 } tensor && tensor.Shape.AsSpan().SequenceEqual(value.Shape))
                HostTensors.Load(file, tensor, value);
            else
                missing.Add($"{name} [{string.Join(", ", value.Shape.ToArray())}]");
        }

        if (missing.Count > 0)
            throw new TrainingException(TrainingFailure.Resume, $"{file.Path} lacks tensors of this run: {string.Join(", ", missing.Take(20))}");
    }
}
