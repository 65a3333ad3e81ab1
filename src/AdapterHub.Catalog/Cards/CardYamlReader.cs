using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AdapterHub.Catalog.Cards;

/// <summary>
/// Reads front matter into <see cref="CardValue"/>s from the parser's events: no type is ever instantiated from a tag. Size, depth and the
/// number of values are bounded while reading, so an alias bomb ends at its first step over the bound.
/// </summary>
internal sealed partial class CardYamlReader
{
    private readonly List<CardProblem> _problems;
    private readonly int _firstLine;
    private readonly Dictionary<string, CardValue> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;
    private int _values;

    private CardYamlReader(string yaml, int firstLine, List<CardProblem> problems)
    {
        _parser = new Parser(new StringReader(yaml));
        _firstLine = firstLine;
        _problems = problems;
    }

    /// <summary>The front matter's map; null if it cannot be read, with a problem that says why.</summary>
    /// <param name="yaml">The text between the two lines of dashes.</param>
    /// <param name="firstLine">The line of README.md on which it begins, from 1.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static CardMap? Read(string yaml, int firstLine, List<CardProblem> problems)
    {
        if (yaml.Length > CardLimits.FrontMatterCharacters)
        {
            problems.Add(new CardProblem(CardSeverity.Error, $"The front matter is {yaml.Length:N0} characters long; at most {CardLimits.FrontMatterCharacters:N0} are read.", firstLine));
            return null;
        }

        try
        {
            return new CardYamlReader(yaml, firstLine, problems).ReadDocument();
        }
        catch (YamlException exception)
        {
            var line = (int)Math.Max(exception.Start.Line, 1);
            if (line > 1 && LineOf(yaml, line).TrimStart(' ') is not ['\t', ..] && LineOf(yaml, line + 1).TrimStart(' ') is ['\t', ..])
                line++;
            problems.Add(new CardProblem(CardSeverity.Error, Explain(exception.Message, LineOf(yaml, line)), firstLine + line - 1));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or FormatException or OverflowException or KeyNotFoundException)
        {
            // The parser has states in which it forgets to say more of a broken text than this.
            problems.Add(new CardProblem(CardSeverity.Error, "The front matter is not valid YAML.", firstLine));
        }
        catch (RefusedException refused)
        {
            problems.Add(new CardProblem(CardSeverity.Error, refused.Message, refused.Line));
        }

        return null;
    }

    private CardMap ReadDocument()
    {
        Next<StreamStart>();
        if (Peek() is StreamEnd)
            return CardMap.Empty;
        Next<DocumentStart>();
        var root = ReadValue(0);
        if (root is CardMap map)
            return map;
        if (root is CardScalar { Kind: CardScalarKind.Null })
            return CardMap.Empty;
        throw new RefusedException("The front matter must be a map: lines of the form 'key: value'.", _firstLine);
    }

    private CardValue ReadValue(int depth)
    {
        var first = Peek();
        if (depth > CardLimits.FrontMatterDepth)
            throw new RefusedException($"The front matter is nested more than {CardLimits.FrontMatterDepth} deep.", Line(first));
        CountValues(1, first);
        var value = first switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(depth),
            MappingStart => ReadMap(depth),
            AnchorAlias => ReadAlias(),
            _ => throw new RefusedException("The front matter is not valid YAML.", Line(first)),
        };
        if (first is NodeEvent node)
            Note(node, value);
        return value;
    }

    private void Note(NodeEvent node, CardValue value)
    {
        if (!node.Anchor.IsEmpty)
            _anchors[node.Anchor.Value] = value;
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !node.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
            _problems.Add(new CardProblem(CardSeverity.Warning, $"The tag {Shorten(node.Tag.Value)} is left out; the value is read as if it were not there.", Line(node)));
    }

    private CardValue ReadAlias()
    {
        var alias = Next<AnchorAlias>();
        // An anchor is known once its value is complete, so a value can never hold itself.
        if (!_anchors.TryGetValue(alias.Value.Value, out var value))
            throw new RefusedException($"*{Shorten(alias.Value.Value)} stands for nothing before it.", Line(alias));
        CountValues(value.Count, alias);
        return value switch
        {
            CardScalar scalar => new CardScalar(scalar.Text, scalar.Kind) { Line = Line(alias), Span = Span(alias) },
            CardList list => new CardList(list.Items) { Line = Line(alias), Span = Span(alias), IsFlow = true },
            _ => new CardMap(((CardMap)value).Entries) { Line = Line(alias), Span = Span(alias), IsFlow = true },
        };
    }

    private CardScalar ReadScalar()
    {
        var scalar = Next<Scalar>();
        var kind = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty ? KindOf(scalar.Value) : CardScalarKind.Text;
        return new CardScalar(scalar.Value, kind) { Line = Line(scalar), Span = Span(scalar), IsFlow = scalar.Style is not (ScalarStyle.Literal or ScalarStyle.Folded) };
    }

    private CardList ReadList(int depth)
    {
        var start = Next<SequenceStart>();
        var items = new List<CardValue>();
        while (Peek() is not SequenceEnd)
            items.Add(ReadValue(depth + 1));
        var end = Next<SequenceEnd>();
        var flow = start.Style == SequenceStyle.Flow;
        return new CardList(items) { Line = Line(start), IsFlow = flow, Span = Span(start, end, flow, items.LastOrDefault()) };
    }

    private CardMap ReadMap(int depth)
    {
        var start = Next<MappingStart>();
        var entries = new List<KeyValuePair<string, CardValue>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (Peek() is not MappingEnd)
        {
            if (Peek() is not Scalar key)
                throw new RefusedException("A key of the front matter must be a word.", Line(Peek()));
            Next<Scalar>();
            CountValues(1, key);
            var value = ReadValue(depth + 1);
            if (seen.Add(key.Value))
                entries.Add(new(key.Value, value));
            else
                _problems.Add(new CardProblem(CardSeverity.Error, $"The key '{Shorten(key.Value)}' occurs twice; the first is used. Remove one.", Line(key), key.Value));
        }

        var end = Next<MappingEnd>();
        var flow = start.Style == MappingStyle.Flow;
        return new CardMap(entries) { Line = Line(start), IsFlow = flow, Span = Span(start, end, flow, entries.LastOrDefault().Value) };
    }

    private void CountValues(int more, ParsingEvent at)
    {
        _values += more;
        if (_values > CardLimits.FrontMatterValues)
            throw new RefusedException($"The front matter holds more than {CardLimits.FrontMatterValues:N0} values, aliases counted as what they stand for.", Line(at));
    }

    private ParsingEvent Peek()
    {
        if (_parser.Current is null)
            _parser.MoveNext();
        // Comments are not events here: the scanner skips them.
        return _parser.Current ?? throw new RefusedException("The front matter ends too early.", _firstLine);
    }

    private T Next<T>()
        where T : ParsingEvent
    {
        if (Peek() is not T current)
            throw new RefusedException("The front matter is not valid YAML.", Line(Peek()));
        _parser.MoveNext();
        return current;
    }

    private int Line(ParsingEvent at) => _firstLine + (int)Math.Max(at.Start.Line, 1) - 1;

    private static (int Start, int End) Span(ParsingEvent at) => ((int)at.Start.Index, (int)at.End.Index);

    /// <summary>The end event of a block collection lies behind the comments that follow, so its last value says where it ends.</summary>
    private static (int Start, int End) Span(ParsingEvent start, ParsingEvent end, bool flow, CardValue? last) =>
        ((int)start.Start.Index, flow ? (int)end.End.Index : last?.Span.End ?? (int)start.End.Index);

    /// <summary>YAML 1.2.2, section 10.3.2. The words of YAML 1.1 (no, on, off) stay text: <c>language: no</c> is Norwegian.</summary>
    internal static CardScalarKind KindOf(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => CardScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => CardScalarKind.Boolean,
        _ when plain.Length <= 64 && Numbers().IsMatch(plain) => CardScalarKind.Number,
        _ => CardScalarKind.Text,
    };

    private static string Explain(string message, string line)
    {
        if (line.TrimStart(' ').StartsWith('\t'))
            return "The front matter is not valid YAML: the line begins with a tab. Indent with spaces.";
        if (message.Contains("mapping values are not allowed", StringComparison.OrdinalIgnoreCase) || message.Contains("invalid mapping", StringComparison.OrdinalIgnoreCase))
            return "The front matter is not valid YAML: a second ': ' on the line. Put the value in quotes.";
        return $"The front matter is not valid YAML: {Shorten(message.TrimEnd('.'))}.";
    }

    private static string LineOf(string yaml, int number) => yaml.Split('\n').ElementAtOrDefault(number - 1) ?? "";

    internal static string Shorten(string text)
    {
        var cut = text.Length > 80 ? string.Concat(text.AsSpan(0, 80), "...") : text;
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Numbers();

    /// <summary>Ends the reading of front matter that this program does not want to read.</summary>
    private sealed class RefusedException(string message, int line) : Exception(message)
    {
        public int Line { get; } = line;
    }
}
