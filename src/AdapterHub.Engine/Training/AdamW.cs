using AdapterHub.Torch;
using AdapterHub.Torch.Interop;
using AdapterHub.Torch.Ops;

namespace AdapterHub.Engine.Training;

/// <summary>Settings of <see cref="AdamW"/>; a clipping norm of 0 is none.</summary>
internal sealed record AdamWSettings(double Beta1, double Beta2, double Epsilon, double WeightDecay, double ClipNorm);

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) on f32 parameters, with clipping by the global norm folded into the step: gradients are divided by
/// max(1, norm / clip) inside the update. A step whose gradients are not finite changes nothing. On a GPU nothing waits for the device, so that a step
/// can be captured.
/// </summary>
internal sealed class AdamW : IDisposable
{
    /// <summary>Results an operator call can hand back.</summary>
    private const int MostNorms = 64;
    private static readonly Operator ForeachNorm = Operator.Get("aten::_foreach_norm", "Scalar");
    private readonly AdamWSettings _settings;
    private readonly Group[] _groups;
    private readonly Operator? _fused;
    private readonly Tensor _step;

    /// <exception cref="TorchUnsupportedException">A GPU with a libtorch older than 2.1.</exception>
    public AdamW(IReadOnlyList<(string Name, Tensor Value)> parameters, AdamWSettings settings)
    {
        _settings = settings;
        var device = parameters[0].Value.Device;
        if (device.IsCuda)
        {
            _fused = Operator.Find("aten::_fused_adamw_", "tensor_lr")
                ?? throw new TorchUnsupportedException($"Training on a GPU needs libtorch 2.1 or later; this is {TorchRuntime.Version}.");
        }

        // Vectors are norms and biases: decay would pull them to zero, where they would silence a layer rather than regularise it.
        _groups = [.. parameters.GroupBy(parameter => parameter.Value.Dimensions >= 2)
            .Select(group => new Group([.. group], group.Key ? settings.WeightDecay : 0))];
        _step = TensorScope.Detach(Tensor.Zeros([1], DType.Float32, device));
    }

    /// <summary>Updates done; reading it waits for the device.</summary>
    public long StepCount
    {
        get => (long)_step.Item();
        set => _step.Fill_(value);
    }

    /// <summary>Both moments by the names of their parameters.</summary>
    public IEnumerable<(string Name, Tensor Value)> State => _groups.SelectMany(group => group.State());

    /// <summary>Drops the gradients, so that the next backward pass puts fresh ones in their place without adding.</summary>
    public void ClearGradients()
    {
        foreach (var group in _groups)
            foreach (var parameter in group.Parameters)
                parameter.Grad = null;
    }

    /// <summary>One update from the parameters' gradients.</summary>
    /// <param name="rate">(1) f32 on the device.</param>
    /// <returns>The global norm of the gradients before clipping, a scalar on the device.</returns>
    public Tensor Step(Tensor rate)
    {
        using var noGrad = Grad.Disable();
        var grads = Array.ConvertAll(_groups, group => group.Gradients());
        var norm = GlobalNorm([.. grads.SelectMany(part => part)]);
        if (_fused is not null)
            StepOnDevice(_fused, grads, norm, rate);
        else
            StepOnHost(grads, norm.Item(), rate.Item());
        return norm;
    }

    public void Dispose()
    {
        _step.Dispose();
        foreach (var group in _groups)
            group.Dispose();
    }

    private static Tensor GlobalNorm(Tensor[] grads)
    {
        var norms = grads.Chunk(MostNorms).SelectMany(part => ForeachNorm.CallMany(part, 2.0)).ToArray();
        return Tensor.Stack(norms).Norm();
    }

    private void StepOnDevice(Operator fused, Tensor[][] grads, Tensor norm, Tensor rate)
    {
        var finite = norm.IsFinite();
        _step.Add_(finite.To(DType.Float32));
        var skip = finite.LogicalNot().To(DType.Float32);
        var divisor = _settings.ClipNorm > 0 ? (norm / _settings.ClipNorm).Clamp(1, double.PositiveInfinity) : null;
        for (var k = 0; k < _groups.Length; k++)
        {
            var group = _groups[k];
            // (params, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, state_steps, lr, beta1, beta2, weight_decay, eps, amsgrad, maximize, grad_scale, found_inf)
            fused.Invoke(
                group.Parameters, grads[k], group.First, group.Second, Array.Empty<Tensor>(), Array.ConvertAll(group.Parameters, _ => _step),
                rate, _settings.Beta1, _settings.Beta2, group.Decay, _settings.Epsilon, false, false, divisor, skip);
        }
    }

    private void StepOnHost(Tensor[][] grads, double norm, double rate)
    {
        if (!double.IsFinite(norm))
            return;
        _step.Add_(1);
        var (step, divisor) = (StepCount, _settings.ClipNorm > 0 ? Math.Max(1, norm / _settings.ClipNorm) : 1);
        for (var k = 0; k < _groups.Length; k++)
        {
            var group = _groups[k];
            Fused.AdamW(group.Parameters, grads[k], group.First, group.Second, rate, _settings.Beta1, _settings.Beta2, _settings.Epsilon, group.Decay, step, divisor);
        }
    }

    /// <summary>Parameters with one weight decay.</summary>
    private sealed class Group : IDisposable
    {
        private readonly string[] _names;

        public Group((string Name, Tensor Value)[] parameters, double decay)
        {
            Decay = decay;
            _names = Array.ConvertAll(parameters, parameter => parameter.Name);
            Parameters = Array.ConvertAll(parameters, parameter => parameter.Value);
            using var noGrad = Grad.Disable();
            First = Array.ConvertAll(Parameters, parameter => TensorScope.Detach(parameter.ZerosLike()));
            Second = Array.ConvertAll(Parameters, parameter => TensorScope.Detach(parameter.ZerosLike()));
        }

        public double Decay { get; }

        public Tensor[] Parameters { get; }

        /// <summary>Moving averages of the gradients.</summary>
        public Tensor[] First { get; }

        /// <summary>Moving averages of their squares.</summary>
        public Tensor[] Second { get; }

        public Tensor[] Gradients()
        {
            var grads = new Tensor[Parameters.Length];
            for (var k = 0; k < grads.Length; k++)
                grads[k] = Parameters[k].Grad ?? throw new InvalidOperationException($"No gradient reached {_names[k]}: the loss does not depend on it.");
            return grads;
        }

        public IEnumerable<(string Name, Tensor Value)> State() =>
            _names.Zip(First, (name, value) => ($"first.{name}", value)).Concat(_names.Zip(Second, (name, value) => ($"second.{name}", value)));

        public void Dispose()
        {
            foreach (var tensor in First.Concat(Second))
                tensor.Dispose();
        }
    }
}
