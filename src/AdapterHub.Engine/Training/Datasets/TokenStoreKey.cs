using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AdapterHub.Engine.Training.Datasets;

/// <summary>The key of a <see cref="TokenStore"/>: equal only when the same bytes are read the same way by the same tokenizer.</summary>
public static class TokenStoreKey
{
    /// <summary>Raise when the reading of files changes its result.</summary>
    private const int ReaderVersion = 1;

    /// <summary>Hex sha256 over the files' bytes (not their names or times), the options, the tokenizer and the chat format.</summary>
    /// <param name="chatFormat">Anything that changes when the rendering of conversations does; empty when there are none.</param>
    public static string Compute(DatasetReader reader, ExampleEncoder encoder, string chatFormat = "")
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, string.Create(CultureInfo.InvariantCulture, $"reader {ReaderVersion} part {TextFileReader.PartCharacters}"));
        Append(hash, reader.Options.ToString());
        Append(hash, encoder.TokenizerDigest);
        Append(hash, chatFormat);
        var buffer = new byte[1 << 20];
        foreach (var file in reader.Files)
        {
            Append(hash, file.Kind.ToString());
            using var contents = File.OpenRead(file.Path);
            using var inner = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int read; (read = contents.Read(buffer)) > 0;)
                inner.AppendData(buffer, 0, read);
            hash.AppendData(inner.GetHashAndReset());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
