using System.Globalization;
using AdapterHub.Formats.Safetensors;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>One safetensors file of an upload: every rule of the format, then every value. Memory is the header and one block.</summary>
internal sealed class SafetensorsCheck(UploadFindings findings, SafetensorsLimits limits, CancellationToken cancellation)
{
    public const string WriteAgain =
        "Write the file again with the safetensors library (save_file, or save_pretrained) and upload that; a download that broke off looks like this too.";

    private const int BlockBytes = 1 << 20;
    private const int MostListed = 20;
    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(BlockBytes);

    /// <summary>Checks a file.</summary>
    /// <param name="file">Values of a known one are not scanned.</param>
    /// <returns>Names of the tensors all of whose bytes are zero; null when the file cannot be read.</returns>
    public IReadOnlySet<string>? Check(UploadFile file)
    {
        try
        {
            using var tensors = SafetensorsFile.Open(file.LocalPath, limits);
            return file.IsKnown ? new HashSet<string>() : ScanValues(file, tensors);
        }
        catch (AdapterFormatException exception)
        {
            findings.Refuse(file.Path, exception, WriteAgain);
            return null;
        }
    }

    private HashSet<string> ScanValues(UploadFile file, SafetensorsFile tensors)
    {
        var zero = new HashSet<string>(StringComparer.Ordinal);
        var bad = 0;
        foreach (var tensor in tensors.Tensors)
        {
            var (nonFinite, isZero) = Scan(tensors, tensor);
            if (isZero && tensor.ByteLength > 0)
                zero.Add(tensor.Name);
            if (nonFinite > 0 && ++bad <= MostListed)
                findings.Refuse(
                    file.Path, "holds NaN or infinite values", "The training diverged or the file was damaged. Upload a checkpoint from before it did.",
                    tensor.Name, "finite numbers", string.Create(CultureInfo.InvariantCulture, $"{nonFinite} of {new TensorOutline(tensor.Dtype, tensor.Shape).Count}"));
        }

        if (bad > MostListed)
            findings.Refuse(file.Path, $"{bad - MostListed} more tensors hold NaN or infinite values", "Upload a checkpoint from before the training diverged.");
        return zero;
    }

    private (long NonFinite, bool IsZero) Scan(SafetensorsFile file, SafetensorsTensor tensor)
    {
        var isZero = true;
        var found = 0L;
        for (long done = 0; done < tensor.ByteLength;)
        {
            cancellation.ThrowIfCancellationRequested();
            var block = _block.AsSpan(0, (int)Math.Min(BlockBytes, tensor.ByteLength - done));
            file.Read(tensor, done, block);
            found += NonFinite.Count(tensor.Dtype, block);
            isZero = isZero && !block.ContainsAnyExcept((byte)0);
            done += block.Length;
        }

        return (found, isZero);
    }
}
