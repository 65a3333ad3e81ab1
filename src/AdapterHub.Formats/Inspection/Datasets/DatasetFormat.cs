namespace AdapterHub.Formats.Inspection.Datasets;

/// <summary>How the rows of a dataset's file are written.</summary>
public enum DatasetFormat
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>Comma-separated, the first record a header.</summary>
    Csv,

    /// <summary>As <see cref="Csv"/> with tabs.</summary>
    Tsv,

    /// <summary>Kept and offered for download, not looked into.</summary>
    Parquet,
}

public static class DatasetFormats
{
    /// <summary>Longest row, in UTF-16 units, that is read whole.</summary>
    internal const int LongestRow = 1 << 23;

    /// <summary>By the ending of a file's name; null for files that are no rows, such as the card.</summary>
    public static DatasetFormat? Find(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".TXT" => DatasetFormat.Text,
        ".JSONL" or ".NDJSON" => DatasetFormat.JsonLines,
        ".CSV" => DatasetFormat.Csv,
        ".TSV" => DatasetFormat.Tsv,
        ".PARQUET" => DatasetFormat.Parquet,
        _ => null,
    };

    internal static char Delimiter(this DatasetFormat format) => format == DatasetFormat.Tsv ? '\t' : ',';
}
