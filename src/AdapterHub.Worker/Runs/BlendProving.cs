using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Protocol.Runs;
using AdapterHub.Torch;

namespace AdapterHub.Worker.Runs;

/// <summary>Holds a finished blend against its adapters on the base model. What keeps it from being measured is said, and is no reason to fail.</summary>
internal sealed class BlendProving(RunLog log, NamedFolders places)
{
    private const int MostTokens = 128;

    public BlendProof? Run(BlendSpec spec, BlendResult.Done done)
    {
        if (spec.Base is not { } name)
        {
            log.Warn("the logits were not compared: no base model is named");
            return null;
        }

        try
        {
            var proof = Measure(name, spec.Device, done);
            var isSum = done.Report.IsExact && done.Report.Method is BlendMethod.Exact or BlendMethod.LowRank or BlendMethod.TaskArithmetic;
            log.Add(new BlendProven
            {
                LargestDifference = proof.LargestDifference, Tolerance = isSum ? BlendProof.Tolerance : null, LargestChange = proof.LargestChange,
                SameFirst = proof.SameFirst, Divergence = proof.Divergence, Tokens = proof.Tokens, Modules = proof.Modules,
            });
            if (isSum && proof.LargestDifference > BlendProof.Tolerance)
                log.Warn($"the blend should equal its adapters by weight, and a logit differs by {proof.LargestDifference:G3}, more than {BlendProof.Tolerance:G3}");
            return proof;
        }
        catch (AdapterFormatException misfit)
        {
            log.Warn($"the logits could not be compared: {misfit.Findings[0]}");
        }
        catch (TorchOutOfMemoryException)
        {
            log.Warn("the logits were not compared: the memory does not suffice for the base model in f32");
        }

        return null;
    }

    private BlendProof Measure(string name, string device, BlendResult.Done done)
    {
        var loaded = places.OpenModel(name);
        var place = ComputePlace.FindDevice(device);
        log.Phase($"comparing logits on {place}");
        using var model = loaded.LoadModel(place, DType.Float32);
        var ids = loaded.Tokenizer.Encode(BlendProof.Text);
        return BlendProof.Measure(model, done.Recipe, done.Adapter, ids.AsSpan(0, Math.Min(ids.Length, Math.Min(MostTokens, loaded.Config.ContextLength))));
    }
}
