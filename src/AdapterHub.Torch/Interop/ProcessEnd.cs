using System.Runtime.InteropServices;

namespace AdapterHub.Torch.Interop;

/// <summary>The end of this process without what normally comes before it.</summary>
public static partial class ProcessEnd
{
    /// <summary>
    /// Ends the process at once with this exit code (POSIX <c>_exit</c>): no finalizer and no destructor of C++ runs. <see cref="Environment.Exit"/>
    /// destroys libtorch's globals while another thread may be computing with them, which ends in a segmentation fault.
    /// </summary>
    public static void Now(int code) => Exit(code);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int code);
}
