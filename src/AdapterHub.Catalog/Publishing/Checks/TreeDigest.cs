using System.Security.Cryptography;
using System.Text;

namespace AdapterHub.Catalog.Publishing.Checks;

/// <summary>One digest for what depends on several files, 64 hex digits.</summary>
internal static class TreeDigest
{
    /// <summary>
    /// The end of a cache key: the digest of all, and that of the largest file alone, so that what is known of a tree goes when its bytes do.
    /// </summary>
    public static string KeyOf(string terms, IReadOnlyCollection<TreeFile> files) => $"{Of(terms, files)}:{files.MaxBy(file => file.Length)!.Digest}";

    /// <param name="terms">What else the result depends on.</param>
    /// <param name="files">In any order.</param>
    public static string Of(string terms, IEnumerable<TreeFile> files)
    {
        var text = new StringBuilder(terms).Append('\n');
        foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
            text.Append(file.Digest).Append(' ').Append(file.Path).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
