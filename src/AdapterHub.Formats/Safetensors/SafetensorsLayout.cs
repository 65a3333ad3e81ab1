using System.Collections.Immutable;

namespace AdapterHub.Formats.Safetensors;

/// <summary>Where the tensors lie: each as long as its shape says, one behind the other from the header to the last byte of the file.</summary>
internal static class SafetensorsLayout
{
    /// <summary>Checks the entries against one another and against the file, and places them.</summary>
    /// <param name="header">The parsed header.</param>
    /// <param name="bufferStart">Bytes before the first tensor: 8 and the header.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    /// <param name="findings">Takes what is wrong; the result is of use only if it took nothing.</param>
    /// <returns>The tensors in the order of the file.</returns>
    public static ImmutableArray<SafetensorsTensor> Place(SafetensorsHeader header, long bufferStart, long fileLength, FormatFindings findings)
    {
        foreach (var entry in header.Entries)
            CheckSize(entry, fileLength - bufferStart, findings);
        // LINQ's sort is stable: tensors without bytes keep the order of the header.
        var ordered = header.Entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End).ToList();
        if (header.IsComplete)
            CheckContiguous(ordered, fileLength - bufferStart, findings);
        return [.. ordered.Select(entry =>
            new SafetensorsTensor(entry.Name, entry.Dtype, entry.Shape, bufferStart + entry.Begin, entry.End - entry.Begin))];
    }

    private static void CheckSize(SafetensorsHeader.Entry entry, long bufferLength, FormatFindings findings)
    {
        if (entry.End < entry.Begin)
            findings.Add(entry.Name, "its data_offsets run backwards", "begin <= end", $"[{entry.Begin}, {entry.End}]");
        else if (entry.End > bufferLength)
            findings.Add(entry.Name, "it reaches past the end of the file; the file is truncated or its header lies", $"at most offset {bufferLength}", $"{entry.End}");

        var shape = string.Join(", ", entry.Shape);
        if (SafetensorsShape.FindByteLength(entry.Dtype, entry.Shape.AsSpan()) is not { } length)
            findings.Add(entry.Name, "shape times element size overflows or does not fill whole bytes", null, $"{entry.Dtype.FileName()} [{shape}]");
        else if (entry.End >= entry.Begin && entry.End - entry.Begin != length)
            findings.Add(entry.Name, $"its bytes do not fit {entry.Dtype.FileName()} [{shape}]", $"{length} bytes", $"{entry.End - entry.Begin}");
    }

    private static void CheckContiguous(List<SafetensorsHeader.Entry> ordered, long bufferLength, FormatFindings findings)
    {
        long end = 0;
        foreach (var entry in ordered)
        {
            if (entry.Begin != end)
                findings.Add(entry.Name, entry.Begin > end ? "there is a hole before it" : "it overlaps the tensor before it", $"offset {end}", $"{entry.Begin}");
            end = entry.End;
        }

        if (end < bufferLength)
            findings.Add(null, "there are bytes after the last tensor", $"{end} bytes of tensors", $"{bufferLength}");
    }
}
