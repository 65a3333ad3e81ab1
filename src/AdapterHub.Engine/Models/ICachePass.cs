using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>Keys and values of earlier positions, for one pass that adds new ones.</summary>
internal interface ICachePass
{
    /// <summary>keys and values (N, KV heads, width) of the new positions.</summary>
    void Store(int layer, Tensor keys, Tensor values);

    /// <summary>q (N, H, width) of the new positions -> the same shape; window 0 looks back without limit.</summary>
    Tensor Attend(int layer, Tensor q, double scale, int window);
}
