using System.Globalization;
using System.Text;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// Which paths a revision may hold, whatever it holds there: none by which a program that joins it to a folder could be led out of the
/// folder, none that shows as another, no two that are one file on another system. Inspection warns of more.
/// </summary>
public static class TreePath
{
    /// <summary>UTF-8 bytes of a whole path.</summary>
    public const int LongestPath = 1000;

    /// <summary>UTF-8 bytes of one part, the limit of common file systems.</summary>
    public const int LongestPart = 255;

    public const int MostParts = 32;

    private const int LongestPrinted = 120;

    /// <summary>What is wrong with a path, as a sentence that names it; null for a good one.</summary>
    public static string? FindFault(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var problem = FindProblem(path);
        return problem is null ? null : $"{Printable(path)}: {problem}";
    }

    /// <summary>What is wrong between paths that are each good: two that differ only in case, or a file where another needs a folder.</summary>
    public static IEnumerable<string> FindCollisions(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var folders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in paths)
        {
            if (!files.TryAdd(path, path))
                yield return $"{Printable(path)} and {Printable(files[path])} are one file on systems that take upper and lower case as the same; rename one.";
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                var folder = path[..slash];
                if (!folders.TryAdd(folder, folder) && folders[folder] != folder)
                    yield return $"The folders {Printable(folder)} and {Printable(folders[folder])} differ only in upper and lower case; rename one.";
            }
        }

        foreach (var (folder, _) in folders.Where(folder => files.ContainsKey(folder.Key)))
            yield return $"{Printable(files[folder])} is a file, and other files lie in a folder of that name; rename one.";
    }

    /// <summary>The path on one line, shortened, with what does not print escaped: it comes from strangers.</summary>
    public static string Printable(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var text = new StringBuilder();
        foreach (var rune in path.AsSpan(0, Math.Min(path.Length, LongestPrinted)).EnumerateRunes())
            _ = IsInvisible(rune) ? text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}") : text.Append(rune.ToString());
        return text.Length == 0 ? "(an empty path)" : path.Length > LongestPrinted ? text.Append("...").ToString() : text.ToString();
    }

    private static string? FindProblem(string path)
    {
        if (path.Length == 0)
            return "a file needs a name";
        if (path.EnumerateRunes().Any(IsInvisible))
            return "control characters, characters that do not show and broken characters are not allowed in a name";
        if (Encoding.UTF8.GetByteCount(path) is var length and > LongestPath)
            return $"the path has {length} bytes, and {LongestPath} are allowed";
        if (path[0] == '/' || (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0])))
            return "the path must be relative, such as weights/adapter_model.safetensors";
        if (path.Contains('\\', StringComparison.Ordinal))
            return "folders are separated by /, and \\ is not allowed in a name";
        var parts = path.Split('/');
        return parts.Length > MostParts
            ? $"the path has {parts.Length} parts, and {MostParts} are allowed"
            : parts.Select(FindPartProblem).FirstOrDefault(problem => problem is not null);
    }

    private static string? FindPartProblem(string part)
    {
        if (part.Length == 0)
            return "a folder or file has no name";
        if (part is "." or "..")
            return ". and .. are not allowed, a path leads down only";
        if (Encoding.UTF8.GetByteCount(part) > LongestPart)
            return $"one part of it is longer than {LongestPart} bytes";
        return part.Equals(".git", StringComparison.OrdinalIgnoreCase) ? "a .git folder is git's own and would let a clone run what is in it" : null;
    }

    /// <summary>Control characters, those that only change how others look (reversed text hides an extension), line ends, lone surrogates.</summary>
    private static bool IsInvisible(Rune rune) => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;
}
