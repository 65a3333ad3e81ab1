using AdapterHub.Engine.Models;
using AdapterHub.Formats.Sizing;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>All weights of a model that <see cref="CausalModel.Create"/> made: f32 masters, computing in the model's type.</summary>
/// <param name="model">Stays the caller's.</param>
/// <param name="savedType">Of the weights in the files.</param>
/// <param name="maxShardBytes">Of one file.</param>
public sealed class ModelTarget(CausalModel model, DType savedType = DType.BFloat16, long maxShardBytes = 4L << 30) : ITrainingTarget
{
    private bool _checkpointActivations;
    private bool _isTraining = true;

    public string Kind => "model";

    public Device Device => model.Device;

    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; } = [.. model.Weights];

    public long TotalParameters => model.ParameterCount;

    public IReadOnlyDictionary<string, string> Identity { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["first weights"] = ModelFingerprint.Compute(model),
        ["computed in"] = $"{model.ComputeType.ToString().ToLowerInvariant()} on {model.Device.Type.ToString().ToLowerInvariant()}",
    };

    public bool CheckpointActivations
    {
        get => _checkpointActivations;
        set
        {
            _checkpointActivations = value;
            model.CheckpointActivations = value && _isTraining;
        }
    }

    public bool IsTraining
    {
        get => _isTraining;
        set
        {
            _isTraining = value;
            model.CheckpointActivations = value && _checkpointActivations;
        }
    }

    public MemoryEstimate EstimateMemory(int rows, int sequenceLength, bool checkpointActivations) => MemoryEstimate.ForModel(
        model.Config.Sizes, model.ParameterCount, model.ComputeType.ByteSize(), (long)rows * sequenceLength, Device.IsCuda, checkpointActivations);

    public Tensor Loss(PackedInput input, Tensor labels, Tensor scale) => model.Loss(input, labels, scale);

    public void Backward(Tensor loss) => model.Backward(loss);

    public void Save(string folder) => model.Save(folder, savedType, maxShardBytes);
}
