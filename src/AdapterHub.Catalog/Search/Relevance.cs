namespace AdapterHub.Catalog.Search;

/// <summary>
/// How well a repository fits a text: weighted bm25, plus a little for being popular (0.25 for every doubling of likes and downloads), so that of many
/// that fit alike the known ones come first. The repository that is called exactly so stands above all, those whose name begins so above the rest.
/// </summary>
internal sealed class Relevance(string? text)
{
    private const double ExactName = 1000;
    private const double BeginningOfName = 4;
    private const double Popularity = 0.25;

    /// <summary>A like says more than a download.</summary>
    private const double DownloadsALike = 10;

    private readonly string _joined = SearchText.Joined(text ?? "");

    internal double Of(SearchRow row, double bm25)
    {
        var score = bm25 + (Popularity * Math.Log2(1 + row.Downloads + (DownloadsALike * row.Likes)));
        var begins = Begins(row.Name, out var wholly);
        if (begins)
            score += wholly ? ExactName : BeginningOfName;
        else if (Begins($"{row.Owner}/{row.Name}", out wholly) && wholly)
            score += ExactName;
        return score;
    }

    /// <summary>Compares letters and digits only, without making strings: this runs for every match.</summary>
    private bool Begins(string name, out bool wholly)
    {
        wholly = false;
        if (_joined.Length == 0)
            return false;
        var at = 0;
        foreach (var sign in name)
        {
            if (!char.IsLetterOrDigit(sign))
                continue;
            if (at == _joined.Length)
                return true;
            if (char.ToLowerInvariant(sign) != _joined[at++])
                return false;
        }

        wholly = at == _joined.Length;
        return wholly;
    }
}
