using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;

namespace AdapterHub.Formats.Safetensors;

/// <summary>
/// The JSON part of a file, checked on its own: syntax, duplicate keys, types, names. Where the tensors lie is checked by
/// <see cref="SafetensorsLayout"/>. The rules are those of safetensors/src/tensor.rs and the format's README, stricter where the library is
/// lax: no duplicate key anywhere, no key beside dtype, shape and data_offsets, and only spaces after the JSON.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";
    private readonly SafetensorsLimits _limits;
    private readonly FormatFindings _findings;

    private SafetensorsHeader(SafetensorsLimits limits, FormatFindings findings) => (_limits, _findings) = (limits, findings);

    /// <summary>Length of the JSON with its padding.</summary>
    public int ByteLength { get; private init; }

    /// <summary>In the order of the file; null when the file has none.</summary>
    public OrderedDictionary<string, string>? Metadata { get; private set; }

    /// <summary>The entries that are well formed; offsets count from the end of the header.</summary>
    public List<Entry> Entries { get; } = [];

    /// <summary>True when every tensor the file names is in <see cref="Entries"/>, so that gaps between them mean something.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <param name="json">The header without its length.</param>
    /// <param name="limits">Caps on count, names and dimensions.</param>
    /// <param name="findings">Takes what is wrong.</param>
    /// <returns>Null when the text is not JSON, so that nothing more can be said.</returns>
    public static SafetensorsHeader? Parse(ReadOnlySpan<byte> json, SafetensorsLimits limits, FormatFindings findings)
    {
        if (json.IsEmpty || json[0] != '{')
        {
            findings.Add(null, "the header does not begin with '{'", "{", json.IsEmpty ? "an empty header" : $"byte 0x{json[0]:x2}");
            return null;
        }

        if (!Utf8.IsValid(json))
        {
            findings.Add(null, "the header is not valid UTF-8");
            return null;
        }

        var header = new SafetensorsHeader(limits, findings) { ByteLength = json.Length };
        try
        {
            header.ReadRoot(json);
            if (json.TrimEnd((byte)' ')[^1] != '}')
                findings.Add(null, "something other than spaces follows the header's closing brace", "padding with 0x20", $"byte 0x{json.TrimEnd((byte)' ')[^1]:x2}");
            return header;
        }
        catch (JsonException exception)
        {
            findings.Add(null, "the header is not valid JSON", null, exception.Message);
            return null;
        }
        catch (InvalidOperationException)
        {
            // Utf8JsonReader.GetString: an escape such as \ud800 names half a character.
            findings.Add(null, "the header holds an escaped surrogate without its partner, which is not a Unicode string");
            return null;
        }
    }

    private void ReadRoot(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 16 });
        reader.Read();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
                _findings.Add(name, "this key occurs twice in the header");
            reader.Read();
            if (name == MetadataKey)
                ReadMetadata(ref reader);
            else if (Entries.Count >= _limits.TensorCount)
                SkipRest(ref reader);
            else
                ReadEntry(ref reader, name);
        }

        // Reads on past the closing brace: anything but white space there is a syntax error.
        while (reader.Read())
        {
        }
    }

    private void SkipRest(ref Utf8JsonReader reader)
    {
        if (IsComplete)
            _findings.Add(null, "the file names too many tensors", $"at most {_limits.TensorCount}");
        IsComplete = false;
        reader.Skip();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _findings.Add(MetadataKey, "the metadata must map strings to strings", "an object", Describe(reader.TokenType));
            reader.Skip();
            return;
        }

        Metadata = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                _findings.Add(MetadataKey, $"the metadata must map strings to strings, and '{key}' does not", "a string", Describe(reader.TokenType));
                reader.Skip();
            }
            else if (!Metadata.TryAdd(key, reader.GetString()!))
            {
                _findings.Add(MetadataKey, $"the metadata key '{key}' occurs twice");
            }
        }
    }

    private void ReadEntry(ref Utf8JsonReader reader, string name)
    {
        var wellFormed = CheckName(name);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _findings.Add(name, "a tensor must be described by an object", "an object", Describe(reader.TokenType));
            reader.Skip();
            IsComplete = false;
            return;
        }

        SafetensorsDtype? dtype = null;
        ImmutableArray<long>? shape = null;
        ImmutableArray<long>? offsets = null;
        var seen = new KeySet();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (!seen.Add(key))
            {
                _findings.Add(name, seen.Knows(key) ? $"the key '{key}' occurs twice" : $"'{key}' is no key of a tensor", "dtype, shape, data_offsets");
                reader.Skip();
                wellFormed = false;
            }
            else if (key == "dtype")
                dtype = ReadDtype(ref reader, name);
            else if (key == "shape")
                shape = ReadIntegers(ref reader, name, "shape", _limits.Dimensions);
            else
                offsets = ReadOffsets(ref reader, name);
        }

        foreach (var missing in seen.Missing())
            _findings.Add(name, $"'{missing}' is missing");
        if (wellFormed && dtype is { } type && shape is { } sizes && offsets is { } range)
            Entries.Add(new Entry(name, type, sizes, range[0], range[1]));
        else
            IsComplete = false;
    }

    private bool CheckName(string name)
    {
        if (name.Length > _limits.NameLength)
            _findings.Add(name, "the tensor's name is too long", $"at most {_limits.NameLength} characters", $"{name.Length}");
        else if (name.Any(char.IsControl))
            _findings.Add(name, "the tensor's name holds a control character");
        else
            return true;
        return false;
    }

    private SafetensorsDtype? ReadDtype(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            _findings.Add(name, "dtype must be a string", "a string", Describe(reader.TokenType));
            reader.Skip();
            return null;
        }

        var text = reader.GetString()!;
        if (SafetensorsDtypes.TryParse(text, out var dtype))
            return dtype;
        _findings.Add(name, "unknown dtype", "one of BOOL, U8, F16, BF16, F32 and the other safetensors types", text);
        return null;
    }

    private ImmutableArray<long>? ReadOffsets(ref Utf8JsonReader reader, string name)
    {
        var offsets = ReadIntegers(ref reader, name, "data_offsets", 2);
        if (offsets is not { Length: not 2 })
            return offsets;
        _findings.Add(name, "data_offsets must be a pair", "2 numbers", $"{offsets.Value.Length}");
        return null;
    }

    private ImmutableArray<long>? ReadIntegers(ref Utf8JsonReader reader, string name, string key, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            _findings.Add(name, $"{key} must be an array of whole numbers", "an array", Describe(reader.TokenType));
            reader.Skip();
            return null;
        }

        var numbers = ImmutableArray.CreateBuilder<long>();
        var problem = (string?)null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == most)
                problem ??= $"{key} has more than {most} numbers";
            else if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan[0] != '-' && reader.TryGetInt64(out var number))
                numbers.Add(number);
            else
                problem ??= $"{key} must hold whole numbers from 0 to {long.MaxValue}";
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                reader.Skip();
        }

        if (problem is null)
            return numbers.ToImmutable();
        _findings.Add(name, problem);
        return null;
    }

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    /// <summary>A tensor as the header describes it; offsets in bytes from the end of the header.</summary>
    internal readonly record struct Entry(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, long Begin, long End);

    /// <summary>Which of a tensor's three keys have been seen.</summary>
    private struct KeySet
    {
        private static readonly string[] Keys = ["dtype", "shape", "data_offsets"];
        private int _seen;

        public readonly bool Knows(string key) => Array.IndexOf(Keys, key) >= 0;

        /// <summary>False for an unknown key and for one seen before.</summary>
        public bool Add(string key)
        {
            var bit = Array.IndexOf(Keys, key) is >= 0 and var index ? 1 << index : 0;
            if (bit == 0 || (_seen & bit) != 0)
                return false;
            _seen |= bit;
            return true;
        }

        public readonly IEnumerable<string> Missing()
        {
            var seen = _seen;
            return Keys.Where((_, index) => (seen & (1 << index)) == 0);
        }
    }
}
