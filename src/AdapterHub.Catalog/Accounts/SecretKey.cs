using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AdapterHub.Catalog.Accounts;

/// <summary>Random keys for links, cookies and API tokens. A key has 256 random bits, so its plain SHA-256 is safe to keep.</summary>
internal static class SecretKey
{
    private const int Bytes = 32;

    /// <summary>Base64url characters of a key: 43, without padding.</summary>
    public static int Length { get; } = Base64Url.GetEncodedLength(Bytes);

    /// <summary>Whoever looks a key up may pass any text; nothing longer than this is hashed.</summary>
    private const int LongestAsked = 256;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>64 lower-case hex digits; null for text too long to be a key.</summary>
    public static string? HashOf(string? key) =>
        key is null or { Length: 0 or > LongestAsked } ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
