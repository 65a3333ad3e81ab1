using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace AdapterHub.Formats.Safetensors;

/// <summary>
/// Writes safetensors files byte for byte as the reference library does (safetensors/src/tensor.rs, prepare): tensors by descending element
/// type, then by name; compact JSON with the metadata first; the header padded with spaces to a multiple of 8.
/// </summary>
public static class SafetensorsWriter
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a file that appears whole or not at all, one tensor after the other, so none but the current one need be in memory.</summary>
    /// <param name="path">The file; one of that name is replaced.</param>
    /// <param name="metadata">PyTorch's readers expect <c>format: pt</c>; null writes none.</param>
    /// <param name="tensors">In any order.</param>
    /// <exception cref="ArgumentException">A name occurs twice or is not allowed, or a shape has no size in bytes.</exception>
    /// <exception cref="InvalidOperationException">A source wrote more or fewer bytes than its shape says.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, string>? metadata, IReadOnlyList<SafetensorsSource> tensors)
    {
        using var staged = Stage(path, metadata, tensors);
        staged.Commit();
    }

    /// <summary>The same bytes to a stream.</summary>
    public static void Write(Stream destination, IReadOnlyDictionary<string, string>? metadata, IReadOnlyList<SafetensorsSource> tensors)
    {
        ArgumentNullException.ThrowIfNull(destination);
        WriteTo(destination, new Plan(metadata, tensors));
    }

    /// <summary>Writes everything under a temporary name and brings it to the disk; the caller commits.</summary>
    internal static StagedFile Stage(string path, IReadOnlyDictionary<string, string>? metadata, IReadOnlyList<SafetensorsSource> tensors)
    {
        var plan = new Plan(metadata, tensors);
        var staged = new StagedFile(path, plan.FileLength);
        try
        {
            WriteTo(staged.Stream, plan);
            staged.Seal();
            var whole = staged;
            staged = null;
            return whole;
        }
        finally
        {
            staged?.Dispose();
        }
    }

    private static void WriteTo(Stream destination, Plan plan)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)plan.Header.Length);
        destination.Write(length);
        destination.Write(plan.Header);
        foreach (var (source, bytes) in plan.Ordered)
        {
            using var exact = new ExactLengthStream(destination, source.Name, bytes);
            source.WriteTo(exact);
            exact.ThrowIfShort();
        }
    }

    /// <summary>Order, header and length, all known before the first byte is written.</summary>
    private sealed class Plan
    {
        public Plan(IReadOnlyDictionary<string, string>? metadata, IReadOnlyList<SafetensorsSource> tensors)
        {
            ArgumentNullException.ThrowIfNull(tensors);
            CheckNames(tensors);
            Ordered = [.. tensors.OrderByDescending(tensor => tensor.Dtype).ThenBy(tensor => tensor.Name, CodePointComparer.Instance)
                .Select(tensor => (tensor, SafetensorsShape.GetByteLength(tensor.Dtype, tensor.Shape.AsSpan())))];
            Header = StrictUtf8.GetBytes(BuildHeader(metadata));
            if (Header.Length % 8 != 0)
            {
                var padded = new byte[(Header.Length + 7) / 8 * 8];
                padded.AsSpan().Fill((byte)' ');
                Header.CopyTo(padded, 0);
                Header = padded;
            }

            if (Header.Length > SafetensorsLimits.FormatHeaderBytes)
                throw new ArgumentException($"The header would have {Header.Length} bytes; the format allows {SafetensorsLimits.FormatHeaderBytes}.", nameof(tensors));
            FileLength = checked(8 + Header.Length + Ordered.Sum(tensor => tensor.Bytes));
        }

        public (SafetensorsSource Source, long Bytes)[] Ordered { get; }

        public byte[] Header { get; }

        public long FileLength { get; }

        private static void CheckNames(IReadOnlyList<SafetensorsSource> tensors)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var tensor in tensors)
            {
                if (tensor.Name == "__metadata__" || tensor.Name.Any(char.IsControl) || !names.Add(tensor.Name))
                    throw new ArgumentException($"'{tensor.Name}' occurs twice, is reserved or holds a control character.", nameof(tensors));
            }
        }

        private string BuildHeader(IReadOnlyDictionary<string, string>? metadata)
        {
            var json = new StringBuilder("{");
            if (metadata is not null)
                AppendMetadata(json, metadata);
            long offset = 0;
            foreach (var (source, bytes) in Ordered)
            {
                if (json.Length > 1)
                    json.Append(',');
                AppendString(json, source.Name);
                json.Append(CultureInfo.InvariantCulture, $":{{\"dtype\":\"{source.Dtype.FileName()}\",\"shape\":[{string.Join(',', source.Shape)}]");
                json.Append(CultureInfo.InvariantCulture, $",\"data_offsets\":[{offset},{checked(offset += bytes)}]}}");
            }

            return json.Append('}').ToString();
        }

        private static void AppendMetadata(StringBuilder json, IReadOnlyDictionary<string, string> metadata)
        {
            json.Append("\"__metadata__\":{");
            foreach (var (key, value) in metadata)
            {
                if (json[^1] != '{')
                    json.Append(',');
                AppendString(json, key);
                json.Append(':');
                AppendString(json, value);
            }

            json.Append('}');
        }

        /// <summary>serde_json's escapes: the short ones, \u00xx for other controls, everything else as it is.</summary>
        private static void AppendString(StringBuilder json, string text)
        {
            json.Append('"');
            foreach (var c in text)
            {
                _ = c switch
                {
                    '"' => json.Append("\\\""),
                    '\\' => json.Append("\\\\"),
                    '\b' => json.Append("\\b"),
                    '\t' => json.Append("\\t"),
                    '\n' => json.Append("\\n"),
                    '\f' => json.Append("\\f"),
                    '\r' => json.Append("\\r"),
                    < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => json.Append(c),
                };
            }

            json.Append('"');
        }
    }
}
