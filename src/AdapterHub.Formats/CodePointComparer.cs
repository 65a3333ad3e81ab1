namespace AdapterHub.Formats;

/// <summary>
/// The order of Rust's and Python's strings: by code point, which is also the order of their UTF-8 bytes. The .NET ordinal order differs
/// for characters above U+FFFF, whose surrogates sort before U+E000.
/// </summary>
internal sealed class CodePointComparer : IComparer<string>
{
    public static readonly CodePointComparer Instance = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return x is null ? (y is null ? 0 : -1) : 1;
        var shared = Math.Min(x.Length, y.Length);
        for (var i = 0; i < shared; i++)
        {
            if (x[i] != y[i])
                return Rank(x[i]) - Rank(y[i]);
        }

        return x.Length - y.Length;
    }

    /// <summary>Moves the surrogates above every other UTF-16 unit.</summary>
    private static int Rank(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
