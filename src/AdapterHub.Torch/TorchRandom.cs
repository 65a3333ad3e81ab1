using AdapterHub.Torch.Interop;

namespace AdapterHub.Torch;

/// <summary>libtorch's random number generators, one a device.</summary>
public static class TorchRandom
{
    /// <summary>Seeds the generators of every device (<c>torch.manual_seed</c>).</summary>
    public static void Seed(ulong seed) => Status.Check(Native.ah_manual_seed(seed));

    /// <summary>The generator's whole state as bytes, for <see cref="Restore"/>.</summary>
    public static byte[] State(Device device)
    {
        Status.Check(Native.ah_rng_state(device.Native, out var state));
        using var tensor = new Tensor(state);
        return tensor.ToArray<byte>();
    }

    public static void Restore(Device device, ReadOnlySpan<byte> state)
    {
        using var tensor = Tensor.From(state);
        Status.Check(Native.ah_set_rng_state(device.Native, tensor.Handle));
    }
}
