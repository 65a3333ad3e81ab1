using System.Text.RegularExpressions;

namespace AdapterHub.Catalog.Repositories;

/// <summary>Names of branches and tags: those of git-check-ref-format that are also easy in a URL.</summary>
public static partial class ReferenceNames
{
    public const string Rules = "1 to 100 letters, digits, '-', '_', '.' or '/', not starting or ending with '.', '/' or '-', without '..' or '//', and not 40 hex digits.";

    public static bool IsValid(string? name) =>
        name is not null && Shape().IsMatch(name) && !name.Contains("..", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal)
        && !name.EndsWith(".lock", StringComparison.Ordinal) && !IsCommitId(name);

    /// <summary>True for 40 lower-case hex digits.</summary>
    public static bool IsCommitId(string? text) => text is { Length: 40 } && text.All(char.IsAsciiHexDigitLower);

    [GeneratedRegex(@"\A[A-Za-z0-9_](?:[A-Za-z0-9_./-]{0,98}[A-Za-z0-9_])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
