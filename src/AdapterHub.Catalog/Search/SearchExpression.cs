using System.Text;

namespace AdapterHub.Catalog.Search;

/// <summary>
/// What somebody typed, as expressions of FTS5. Every word reaches SQLite as a quoted string of letters and digits only, so no text can be
/// read as syntax. All words must occur; the last one may be unfinished; <c>"a b"</c> asks for neighbours and <c>-a</c> for absence.
/// </summary>
/// <param name="Wanted">Null when nothing is asked for.</param>
/// <param name="Unwanted">Null when nothing is ruled out.</param>
internal sealed record SearchExpression(string? Wanted, string? Unwanted)
{
    /// <summary>Words beyond this are ignored, so that nobody can make a query of any cost.</summary>
    private const int MostWords = 12;

    /// <summary>An unfinished word of one or two letters of ASCII is looked for in names only: in running text it is everywhere.</summary>
    private const int ShortestInText = 3;

    private const string Names = "{Name Owner Title Tags Base} : ";

    private sealed record Word(List<string> Parts, bool Unfinished, bool Quoted)
    {
        public string Joined => string.Concat(Parts);
    }

    internal static SearchExpression Parse(string? text)
    {
        var (wanted, unwanted) = Read(text);
        return new SearchExpression(
            wanted.Count == 0 ? null : string.Join(" AND ", wanted.Select((_, at) => Alternatives(wanted, at))),
            unwanted.Count == 0 ? null : string.Join(" OR ", unwanted.Select(Single)));
    }

    /// <summary>The words that must occur, each with its parts joined.</summary>
    internal static IEnumerable<string> WantedWords(string? text) => Read(text).Wanted.Select(word => word.Joined);

    private static (List<Word> Wanted, List<Word> Unwanted) Read(string? text)
    {
        var wanted = new List<Word>();
        var unwanted = new List<Word>();
        foreach (var (word, excluded, quoted, last) in Split(text ?? "").Take(MostWords))
        {
            var parts = SearchText.Parts(word);
            if (parts.Count > 0)
                (excluded ? unwanted : wanted).Add(new Word(parts, last && !excluded, quoted));
        }

        return (wanted, unwanted);
    }

    private static IEnumerable<(string Word, bool Excluded, bool Quoted, bool Last)> Split(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            if (IsGap(text[at]))
            {
                at++;
                continue;
            }

            var excluded = text[at] == '-' && at + 1 < text.Length && !IsGap(text[at + 1]);
            if (excluded)
                at++;
            var quoted = text[at] == '"';
            var start = quoted ? at + 1 : at;
            var end = start;
            while (end < text.Length && (quoted ? text[end] != '"' : !IsGap(text[end]) && text[end] != '"'))
                end++;
            // A quote that is still open is still being typed.
            yield return (text[start..end], excluded, quoted, end == text.Length);
            at = quoted ? end + 1 : end;
        }
    }

    /// <summary>A slash separates owner and name, which lie in different columns.</summary>
    private static bool IsGap(char sign) => char.IsWhiteSpace(sign) || char.IsControl(sign) || sign is '/' or ',' or ';';

    /// <summary>The word itself, or a name that joins it with its neighbours: "king james" finds kingjames.</summary>
    private static string Alternatives(List<Word> words, int at)
    {
        var alternatives = new List<string> { Single(words[at]) };
        if (!words[at].Quoted)
        {
            for (var length = 2; length <= 3; length++)
            {
                for (var start = Math.Max(0, at - length + 1); start <= at && start + length <= words.Count; start++)
                {
                    var run = words.GetRange(start, length);
                    if (!run.Exists(word => word.Quoted))
                        alternatives.Add(Token(string.Concat(run.Select(word => word.Joined)), run[^1].Unfinished));
                }
            }
        }

        return alternatives.Count == 1 ? alternatives[0] : $"({string.Join(" OR ", alternatives)})";
    }

    private static string Single(Word word)
    {
        var neighbours = Token(string.Join(' ', word.Parts), word.Unfinished);
        var expression = word.Parts.Count == 1 || word.Quoted ? neighbours : $"({neighbours} OR {Token(word.Joined, word.Unfinished)})";
        return word.Unfinished && word.Joined.Length < ShortestInText && char.IsAscii(word.Joined[0]) ? Names + expression : expression;
    }

    private static string Token(string letters, bool unfinished) =>
        new StringBuilder().Append('"').Append(letters).Append('"').Append(unfinished ? "*" : "").ToString();
}
