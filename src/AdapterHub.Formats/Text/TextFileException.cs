using System.Globalization;

namespace AdapterHub.Formats.Text;

/// <summary>A text file that cannot be read on: at one place it is not what it must be.</summary>
public sealed class TextFileException(string path, long? line, string problem)
    : Exception(line is null ? $"{path}: {problem}" : string.Create(CultureInfo.InvariantCulture, $"{path}, line {line}: {problem}"))
{
    public string Path { get; } = path;

    /// <summary>Counted from 1; null when the whole file is at fault.</summary>
    public long? Line { get; } = line;

    /// <summary>What is wrong, without path and line.</summary>
    public string Problem { get; } = problem;
}
