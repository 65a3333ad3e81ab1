using System.Globalization;
using System.Text;

namespace AdapterHub.Engine.Tests.Fixtures;

/// <summary>
/// Reads the tokenizer layout of llama2.c (tok512.bin: int32 longest token; then for each token float32 score, int32 length, bytes) and
/// encodes as that program does: a space in front, one token a character or its bytes, then the best-scored pair merges until none is left.
/// Ids: 0 unknown, 1 begin, 2 end, byte b = b + 3.
/// </summary>
internal sealed class Llama2cTokenizer
{
    public const int Begin = 1;
    private readonly List<(string Text, float Score)> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    private Llama2cTokenizer(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        reader.ReadInt32();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var score = reader.ReadSingle();
            var text = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
            _ids.TryAdd(text, _tokens.Count);
            _tokens.Add((text, score));
        }
    }

    public static Llama2cTokenizer Load(string path) => new(path);

    public int VocabularySize => _tokens.Count;

    /// <summary>Begins with <see cref="Begin"/>, as llama2.c's prompts do.</summary>
    public List<int> Encode(string text)
    {
        var ids = new List<int> { Begin };
        if (text.Length > 0)
            ids.Add(_ids[" "]);
        foreach (var rune in text.EnumerateRunes())
        {
            if (_ids.TryGetValue(rune.ToString(), out var id))
                ids.Add(id);
            else
                ids.AddRange(Encoding.UTF8.GetBytes(rune.ToString()).Select(value => value + 3));
        }

        while (FindBestPair(ids) is (>= 0 and var at, var merged))
        {
            ids[at] = merged;
            ids.RemoveAt(at + 1);
        }

        return ids;
    }

    /// <summary>Drops the space that follows <see cref="Begin"/>.</summary>
    public string Decode(IReadOnlyList<int> ids)
    {
        var bytes = new List<byte>();
        for (var index = 0; index < ids.Count; index++)
        {
            var text = _tokens[ids[index]].Text;
            if (ids[index] <= 2)
                continue;
            if (index > 0 && ids[index - 1] == Begin && text.StartsWith(' '))
                text = text[1..];
            if (ids[index] < 259 && text is ['<', '0', 'x', _, _, '>'])
                bytes.Add(byte.Parse(text.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(text));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private (int At, int Merged) FindBestPair(List<int> ids)
    {
        var best = (At: -1, Merged: -1, Score: -1e10f);
        for (var at = 0; at + 1 < ids.Count; at++)
        {
            if (_ids.TryGetValue(_tokens[ids[at]].Text + _tokens[ids[at + 1]].Text, out var merged) && _tokens[merged].Score > best.Score)
                best = (at, merged, _tokens[merged].Score);
        }

        return (best.At, best.Merged);
    }
}
