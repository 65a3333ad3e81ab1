using System.Buffers;
using System.Globalization;
using System.Text;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>Whether paths can be stored, shown, downloaded and checked out anywhere without surprises.</summary>
internal static class UploadPaths
{
    /// <summary>Longest name of a file or folder on the common file systems.</summary>
    private const int LongestName = 255;
    private const int LongestPath = 1000;
    private const string Rename = "Rename the file and upload it again.";
    private static readonly SearchValues<char> NotOnWindows = SearchValues.Create("<>:\"|?*");
    private static readonly string[] Plain = [".gitattributes", ".gitignore", ".gitkeep"];
    private static readonly string[] Secret = [".env", ".netrc", ".npmrc", ".pypirc", "id_rsa", "id_ed25519", ".git-credentials", ".aws", ".ssh"];
    private static readonly string[] Leftover = [".DS_Store", "__MACOSX", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__"];

    public static void Check(IReadOnlyList<UploadFile> files, UploadFindings findings)
    {
        foreach (var file in files)
            Check(file.Path, findings);
        CheckCollisions(files, findings);
    }

    private static void Check(string path, UploadFindings findings)
    {
        var parts = path.Split('/');
        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > LongestPath)
            findings.Refuse(path, "the path is empty or too long", Rename, expected: $"1 to {LongestPath} bytes", found: $"{Encoding.UTF8.GetByteCount(path)}");
        else if (path.Contains('\\', StringComparison.Ordinal) || parts.Any(part => part is "" or "." or ".."))
            findings.Refuse(path, "the path is not a plain one within the repository", "Use names parted by single slashes, without '.', '..' or backslashes.");
        else if (parts.Any(part => Encoding.UTF8.GetByteCount(part) > LongestName))
            findings.Refuse(path, "a name in the path is too long", Rename, expected: $"at most {LongestName} bytes");
        if (path.EnumerateRunes().Any(IsInvisible) || !IsWellFormed(path))
            findings.Refuse(path, "the path holds control, formatting or invalid characters, which can make a name look like another", Rename);
        else if (parts.Any(part => part.AsSpan().ContainsAny(NotOnWindows) || part is [.., '.' or ' '] || IsDevice(part)))
            findings.Warn(path, "Windows cannot store a file of that name", Rename);
        if (HasLooseAccent(path))
            findings.Warn(path, "an accent in the name is a character of its own, as macOS writes it; other systems take it for another name", Rename);
        CheckHidden(path, parts, findings);
    }

    private static void CheckHidden(string path, string[] parts, UploadFindings findings)
    {
        if (parts.Any(part => part.Equals(".git", StringComparison.OrdinalIgnoreCase)))
            findings.Refuse(path, "this belongs to a git checkout, not to what it holds", "Leave the .git folder out.");
        else if (parts.FirstOrDefault(part => Secret.Contains(part, StringComparer.OrdinalIgnoreCase)) is { } secret)
            findings.Refuse(path, $"files called {secret} hold passwords or keys", "Leave it out; if it was shared before, change what it holds.");
        else if (parts.Any(part => Leftover.Contains(part, StringComparer.OrdinalIgnoreCase) || part.StartsWith("._", StringComparison.Ordinal)))
            findings.Warn(path, "the operating system or an editor left this here", "Leave it out.");
        else if (parts.Any(part => part.StartsWith('.')) && !Plain.Contains(parts[^1]))
            findings.Warn(path, "this is a hidden file", "Leave it out unless it is meant to be public.");
    }

    private static void CheckCollisions(IReadOnlyList<UploadFile> files, UploadFindings findings)
    {
        var byFolded = new Dictionary<string, string>(StringComparer.Ordinal);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var folded = file.Path.ToUpperInvariant();
            if (!byFolded.TryAdd(folded, file.Path))
                findings.Refuse(file.Path, byFolded[folded] == file.Path
                    ? "the file occurs twice"
                    : "another file differs from it only in upper and lower case, and many systems keep one of them", Rename, found: byFolded[folded]);
            for (var slash = folded.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = folded.IndexOf('/', slash + 1))
                folders.TryAdd(folded[..slash], file.Path);
        }

        foreach (var (folded, path) in byFolded.Where(entry => folders.ContainsKey(entry.Key)))
            findings.Refuse(path, "this is a file here and a folder elsewhere in the upload", Rename, found: folders[folded]);
    }

    /// <summary>A letter of ASCII and a combining mark: Unicode has most such pairs as one character too, and comparing the two needs tables that are not here.</summary>
    private static bool HasLooseAccent(string path)
    {
        for (var i = 1; i < path.Length; i++)
        {
            if (char.IsAsciiLetter(path[i - 1]) && char.GetUnicodeCategory(path[i]) == UnicodeCategory.NonSpacingMark)
                return true;
        }

        return false;
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;

    private static bool IsWellFormed(string path)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (char.IsSurrogate(path[i]) && !(char.IsHighSurrogate(path[i]) && i + 1 < path.Length && char.IsLowSurrogate(path[++i])))
                return false;
        }

        return true;
    }

    /// <summary>CON, PRN, AUX, NUL, COM1 to COM9 and LPT1 to LPT9, with any extension.</summary>
    private static bool IsDevice(string name)
    {
        var stem = name.Split('.')[0].ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" || (stem is ['C', 'O', 'M', >= '1' and <= '9'] or ['L', 'P', 'T', >= '1' and <= '9']);
    }
}
