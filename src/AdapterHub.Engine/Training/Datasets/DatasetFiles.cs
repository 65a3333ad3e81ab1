using System.Text;
using System.Text.RegularExpressions;

namespace AdapterHub.Engine.Training.Datasets;

public enum DatasetFileKind
{
    Text,
    JsonLines,
    Csv,
}

/// <summary>A file to read. <paramref name="Length"/> in bytes.</summary>
public sealed record DatasetFile(string Path, DatasetFileKind Kind, long Length);

/// <summary>Turns what a person names (files, folders, patterns) into files, in an order that is the same on every machine.</summary>
public static class DatasetFiles
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, MaxRecursionDepth = 32 };

    /// <summary>
    /// A file is taken as it is; a folder gives its .txt, .jsonl and .csv files at any depth, hidden ones left out; <c>*</c>, <c>?</c> and <c>**</c> match
    /// like a shell's. Files of one folder or pattern come in ordinal order; a file named twice is read once.
    /// </summary>
    /// <exception cref="DatasetException">A path that does not exist, matches nothing, or is of another kind; all such paths at once.</exception>
    public static IReadOnlyList<DatasetFile> Resolve(IEnumerable<string> paths)
    {
        var findings = new FindingList();
        var files = new List<DatasetFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var file in Expand(path, findings))
            {
                if (seen.Add(Path.GetFullPath(file)))
                    files.Add(new DatasetFile(file, FindKind(file)!.Value, new FileInfo(file).Length));
            }
        }

        findings.ThrowIfAny();
        return files.Count > 0 ? files : throw new DatasetException("no training data was named; give a .txt, .jsonl or .csv file, a folder or a pattern");
    }

    private static List<string> Expand(string path, FindingList findings)
    {
        if (File.Exists(path))
        {
            if (FindKind(path) is not null)
                return [path];
            findings.Add(path, null, $"files of the kind \"{Path.GetExtension(path)}\" are not read; give .txt, .jsonl or .csv");
            return [];
        }

        var isPattern = path.AsSpan().ContainsAny('*', '?');
        if (!isPattern && !Directory.Exists(path))
        {
            findings.Add(path, null, "no such file or folder");
            return [];
        }

        var found = (isPattern ? Match(path) : Directory.EnumerateFiles(path, "*", Everywhere)).Order(StringComparer.Ordinal).ToList();
        var usable = found.Where(file => FindKind(file) is not null).ToList();
        if (usable.Count == 0)
            findings.Add(path, null, $"{(isPattern ? "matches" : "holds")} {found.Count} files, none of them .txt, .jsonl or .csv");
        return usable;
    }

    private static IEnumerable<string> Match(string pattern)
    {
        var parts = pattern.Split('/');
        var fixedParts = parts.TakeWhile(part => !part.AsSpan().ContainsAny('*', '?')).ToList();
        var folder = fixedParts.Count == 0 ? "." : string.Join('/', fixedParts);
        if (folder.Length == 0)
            folder = "/";
        if (!Directory.Exists(folder))
            return [];
        var rest = parts.Skip(fixedParts.Count).ToList();
        var wanted = new Regex(ToRegex(rest), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        var depth = rest.Contains("**") ? Everywhere : new EnumerationOptions { RecurseSubdirectories = rest.Count > 1, MaxRecursionDepth = rest.Count - 1 };
        return Directory.EnumerateFiles(folder, "*", depth)
            .Where(file => wanted.IsMatch(Path.GetRelativePath(folder, file).Replace('\\', '/')))
            .Select(file => fixedParts.Count == 0 ? Path.GetRelativePath(".", file) : file);
    }

    private static string ToRegex(List<string> parts)
    {
        var regex = new StringBuilder("^");
        for (var k = 0; k < parts.Count; k++)
        {
            var last = k == parts.Count - 1;
            if (parts[k] == "**")
                regex.Append(last ? ".*" : "(?:[^/]+/)*");
            else
                regex.Append(Regex.Escape(parts[k]).Replace("\\*", "[^/]*", StringComparison.Ordinal).Replace("\\?", "[^/]", StringComparison.Ordinal))
                    .Append(last ? "" : "/");
        }

        return regex.Append('$').ToString();
    }

    private static DatasetFileKind? FindKind(string path)
    {
        var extension = Path.GetExtension(path);
        return extension.Equals(".txt", StringComparison.OrdinalIgnoreCase) ? DatasetFileKind.Text
            : extension.Equals(".jsonl", StringComparison.OrdinalIgnoreCase) ? DatasetFileKind.JsonLines
            : extension.Equals(".csv", StringComparison.OrdinalIgnoreCase) ? DatasetFileKind.Csv
            : null;
    }
}
