using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AdapterHub.Torch.Interop;

/// <summary>Finds the shim: <c>ADAPTERHUB_TORCH_SHIM</c>, then beside the program.</summary>
internal static class ShimLibrary
{
    internal const string Name = "adapterhub_torch";
    private const int AbiVersion = 2;
    private static readonly Lazy<nint> Loaded = new(Load);

#pragma warning disable CA2255 // the resolver must be in place before the first native call, whoever makes it
    [ModuleInitializer]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(ShimLibrary).Assembly, static (name, _, _) => string.Equals(name, Name, StringComparison.Ordinal) ? Loaded.Value : 0);
#pragma warning restore CA2255

    private static nint Load()
    {
        var path = Environment.GetEnvironmentVariable("ADAPTERHUB_TORCH_SHIM") is { Length: > 0 } set
            ? set
            : Path.Combine(AppContext.BaseDirectory, $"lib{Name}.so");
        if (!File.Exists(path))
            throw new TorchException($"The native shim {path} does not exist. Build it with `./adapterhub doctor`, or run native/build-shim --copy-to {AppContext.BaseDirectory}.");
        try
        {
            ThreadPools.Settle();
            var library = NativeLibrary.Load(path);
            CheckVersion(library, path);
            return library;
        }
        catch (DllNotFoundException exception)
        {
            throw new TorchException($"The native shim {path} cannot be loaded: {exception.Message}. It was built against a libtorch that this machine lacks; run native/build-shim again.", exception);
        }
    }

    private static unsafe void CheckVersion(nint library, string path)
    {
        var version = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, nameof(Native.ah_abi_version)))();
        if (version != AbiVersion)
            throw new TorchException($"The native shim {path} speaks interface {version}, this program {AbiVersion}. Run native/build-shim again.");
    }
}
