using System.Security.Cryptography;
using System.Text;
using AdapterHub.Engine.Models;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Training;

/// <summary>
/// Tells models apart without reading all of their weights: configuration, names, shapes, and some elements of each weight. Another
/// model differs in it; a file that was damaged elsewhere need not, which is what digests of files are for.
/// </summary>
internal static class ModelFingerprint
{
    private const long Elements = 256;

    /// <summary>Hex sha256, the first 16 digits.</summary>
    public static string Compute(CausalModel model)
    {
        using var noGrad = Grad.Disable();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(model.Config.ToJson()));
        foreach (var (name, weight) in model.Weights)
        {
            using var scope = new TensorScope();
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            var flat = weight.Reshape(-1);
            var count = Math.Min(Elements, flat.Count);
            foreach (var start in new[] { 0, (flat.Count - count) / 2, flat.Count - count })
            {
                var bytes = new byte[count * weight.DType.ByteSize()];
                flat.Narrow(0, start, count).CopyTo(bytes);
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
