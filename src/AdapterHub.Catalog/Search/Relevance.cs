using System.Buffers;

namespace AdapterHub.Catalog.Search;

/// <summary>
/// How well a repository fits a text: weighted bm25, plus a little for being popular, so that of many that fit alike the known ones come first.
/// Where there is no bm25 (see <see cref="TextMatches.MostScored"/>) the words that stand in its name and tags count instead. The repository that is
/// called exactly so stands above all, those whose name begins so above the rest.
/// </summary>
internal sealed class Relevance
{
    private const double ExactName = 1000;
    private const double BeginningOfName = 4;
    private const double WordInName = 3;
    private const double WordAsTag = 2;

    /// <summary>For every doubling of likes and downloads.</summary>
    private const double Doubling = 0.25;

    /// <summary>A like says more than a download.</summary>
    private const double DownloadsALike = 10;

    private readonly Dictionary<long, double>? _scores;
    private readonly string _joined;
    private readonly string? _fullName;
    private readonly SearchValues<string>[] _words;
    private readonly int[] _tags;

    internal Relevance(string? text, TextMatches matches, Vocabulary vocabulary)
    {
        _scores = matches.Scores;
        _joined = SearchText.Joined(text ?? "");
        _fullName = text is not null && text.Contains('/', StringComparison.Ordinal) ? text.Trim() : null;
        var words = SearchExpression.WantedWords(text).Distinct(StringComparer.Ordinal).ToList();
        _words = [.. words.Select(word => SearchValues.Create([word], StringComparison.OrdinalIgnoreCase))];
        _tags = [.. words.Select(vocabulary[Facet.Tag].Find).Where(code => code >= 0)];
    }

    internal static double Popularity(long downloads, long likes) => Doubling * Math.Log2(1 + downloads + (DownloadsALike * likes));

    /// <summary>False for a row that has the words no more.</summary>
    internal bool Scores(SearchRow row) => _scores is null || _scores.ContainsKey(row.Id);

    internal double Of(SearchRow row)
    {
        var score = row.Popularity + (_scores is null ? ByName(row) : _scores.GetValueOrDefault(row.Id));
        if (_fullName is not null)
            return score + (_fullName.Equals($"{row.Owner}/{row.Name}", StringComparison.OrdinalIgnoreCase) ? ExactName : 0);
        return Begins(row.Name, out var wholly) ? score + (wholly ? ExactName : BeginningOfName) : score;
    }

    private double ByName(SearchRow row)
    {
        var score = 0.0;
        foreach (var word in _words)
            score += row.Name.AsSpan().ContainsAny(word) ? WordInName : 0;
        foreach (var tag in _tags)
            score += Array.IndexOf(row.Tags, tag) >= 0 ? WordAsTag : 0;
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
