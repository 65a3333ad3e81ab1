namespace AdapterHub.Torch.Interop;

/// <summary>What crosses between managed memory and tensors.</summary>
internal static unsafe class TensorMemory
{
    internal static (DType Type, Device Device, long Count, int Dimensions) Describe(nint tensor)
    {
        int type, device, dimensions;
        long count;
        Status.Check(Native.ah_tensor_describe(tensor, &type, &device, &count, &dimensions));
        return ((DType)type, Device.FromNative(device), count, dimensions);
    }

    internal static long[] Sizes(nint tensor, int dimensions)
    {
        var sizes = new long[dimensions];
        fixed (long* target = sizes)
            Status.Check(Native.ah_tensor_sizes(tensor, target, null, dimensions));
        return sizes;
    }

    internal static nint FromHost(ReadOnlySpan<byte> data, DType type, ReadOnlySpan<long> sizes)
    {
        fixed (byte* source = data)
        fixed (long* shape = sizes)
        {
            Status.Check(Native.ah_tensor_from_host(source, data.Length, (int)type, shape, sizes.Length, out var tensor));
            return tensor;
        }
    }

    internal static void ToHost(nint tensor, Span<byte> target)
    {
        fixed (byte* data = target)
            Status.Check(Native.ah_tensor_to_host(tensor, data, target.Length));
    }

    internal static nint FromMapping(nint mapping, long offset, long bytes, DType type, ReadOnlySpan<long> sizes)
    {
        fixed (long* shape = sizes)
        {
            Status.Check(Native.ah_mapping_tensor(mapping, offset, bytes, (int)type, shape, sizes.Length, out var tensor));
            return tensor;
        }
    }

    internal static void Backward(ReadOnlySpan<Tensor> roots, ReadOnlySpan<Tensor?> gradients)
    {
        var handles = stackalloc nint[roots.Length * 2];
        for (var i = 0; i < roots.Length; i++)
        {
            handles[i] = roots[i].Handle;
            handles[roots.Length + i] = gradients[i]?.Handle ?? 0;
        }

        Status.Check(Native.ah_backward(handles, handles + roots.Length, roots.Length), $"backward from {roots[0]}");
        foreach (var root in roots)
            GC.KeepAlive(root);
        foreach (var gradient in gradients)
            GC.KeepAlive(gradient);
    }

    internal static string DeviceName(int index, out long total, out long free, out int major, out int minor, out int processors)
    {
        const int room = 256;
        var name = stackalloc byte[room];
        Status.Check(Native.ah_cuda_device(index, name, room, out total, out free, out major, out minor, out processors));
        return Native.Text(name);
    }

    internal static (string Version, string Settings) Build() => (Native.Text(Native.ah_torch_version()), Native.Text(Native.ah_build_settings()));
}
