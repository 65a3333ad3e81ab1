using System.Globalization;
using System.Text;

namespace AdapterHub.UploadProcess;

/// <summary>
/// What the process uploads: revision N of a repository has a card and some files, all of which begin with a line that names N. So whoever looks
/// at a revision can tell whether it is whole and of one piece, and whoever goes on with an upload can make its bytes again.
/// </summary>
public static class UploadedFiles
{
    public const string CardPath = "README.md";

    /// <summary>How many files besides the card a revision has.</summary>
    public static int CountOf(int revision) => 1 + (revision % 4);

    public static string PathOf(int index) => string.Create(CultureInfo.InvariantCulture, $"part-{index}.txt");

    /// <summary>Between nothing much and a few hundred kilobytes.</summary>
    public static byte[] ContentOf(string repository, int revision, string path)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"revision {revision}\n");
        if (path == CardPath)
            return Encoding.UTF8.GetBytes($"---\nlicense: mit\n---\n{header}");
        var random = new Random(Seed($"{repository} {revision} {path}"));
        var text = new StringBuilder(header);
        var lines = random.Next(1, 2500);
        for (var line = 0; line < lines; line++)
            text.Append(CultureInfo.InvariantCulture, $"{random.NextInt64():x16} of {path} in {repository}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The number that a file names; null for one that is not of these.</summary>
    public static int? FindRevision(string text) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith("revision ", StringComparison.Ordinal)) is { } line
            && int.TryParse(line.AsSpan("revision ".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;

    /// <summary>The same in every process, which a string's hash code is not.</summary>
    private static int Seed(string text) => text.Aggregate(17, (seed, c) => unchecked((seed * 31) + c));
}
