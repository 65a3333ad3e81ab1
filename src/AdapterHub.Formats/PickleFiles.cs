namespace AdapterHub.Formats;

/// <summary>Recognises PyTorch's pickle files, which execute code when loaded, and refuses them. Nothing here opens one.</summary>
public static class PickleFiles
{
    private static readonly string[] Extensions = [".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"];

    /// <summary>True for the file names under which PyTorch saves pickles.</summary>
    public static bool HasPickleName(string path) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// True for the first bytes of a zip archive (PyTorch since 1.6) or of a raw pickle of protocol 2 to 5.
    /// Both are also legal lengths of a safetensors header, so ask only after the file has failed as safetensors.
    /// </summary>
    public static bool HasPickleMagic(ReadOnlySpan<byte> start) =>
        start.StartsWith("PK\x03\x04"u8) || (start.Length >= 3 && start[0] == 0x80 && start[1] is >= 2 and <= 5 && start[2] != 0);

    /// <summary>The one exception for such a file; the caller throws it.</summary>
    public static AdapterFormatException Refuse(string path) =>
        new(path, [new FormatFinding(null,
            "this is a pickle file, and loading one runs whatever code it carries, so it is refused unread; convert it to safetensors on a "
            + "machine where you trust it (safetensors.torch.save_file, or save_pretrained(..., safe_serialization=True)) and use that file",
            "a .safetensors file", Path.GetFileName(path))]);
}
