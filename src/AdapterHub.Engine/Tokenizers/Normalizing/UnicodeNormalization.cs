using System.Globalization;
using System.Text;

namespace AdapterHub.Engine.Tokenizers.Normalizing;

/// <summary>
/// The four normalization forms of UAX 15. The project runs in globalization-invariant mode, where <see cref="string.Normalize()"/> returns its
/// text unchanged, so the forms are computed here from a table of the Unicode Character Database (make_decompositions.py).
/// </summary>
internal static class UnicodeNormalization
{
    private const int HangulFirst = 0xAC00, LeadFirst = 0x1100, VowelFirst = 0x1161, TrailFirst = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, HangulCount = LeadCount * VowelCount * TrailCount;
    private static readonly Tables Table = Tables.Read();

    [Flags]
    private enum Changes : byte
    {
        None = 0,
        Composed = 1,
        Decomposed = 2,
        CompatibilityComposed = 4,
        CompatibilityDecomposed = 8,
        All = 15,
    }

    /// <summary>Normalizes a text without lone surrogates.</summary>
    public static string Normalize(string text, NormalizationForm form)
    {
        if (IsNormalized(text, form))
            return text;
        var points = Decompose(text, form is NormalizationForm.FormKC or NormalizationForm.FormKD);
        Reorder(points);
        if (form is NormalizationForm.FormC or NormalizationForm.FormKC)
            Compose(points);
        var result = new StringBuilder(text.Length);
        foreach (var point in points)
            result.Append(new Rune(point));
        return result.ToString();
    }

    // True only where no character of the text can change under the form, alone or next to another; false promises nothing.
    private static bool IsNormalized(string text, NormalizationForm form)
    {
        if (Ascii.IsValid(text))
            return true;
        var asked = form switch
        {
            NormalizationForm.FormC => Changes.Composed,
            NormalizationForm.FormD => Changes.Decomposed,
            NormalizationForm.FormKC => Changes.CompatibilityComposed,
            _ => Changes.CompatibilityDecomposed,
        };
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value >= 0xA0 && (Table.ChangesOf(rune.Value) & asked) != Changes.None)
                return false;
        }

        return true;
    }

    private static List<int> Decompose(string text, bool compatibility)
    {
        var result = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, compatibility, result);
        return result;
    }

    private static void Decompose(int point, bool compatibility, List<int> result)
    {
        if (point is >= HangulFirst and < HangulFirst + HangulCount)
        {
            var index = point - HangulFirst;
            result.Add(LeadFirst + index / (VowelCount * TrailCount));
            result.Add(VowelFirst + index % (VowelCount * TrailCount) / TrailCount);
            if (index % TrailCount != 0)
                result.Add(TrailFirst + index % TrailCount);
        }
        else if (Table.Decompositions.TryGetValue(point, out var parts) && (compatibility || !parts.Compatibility))
        {
            foreach (var part in parts.Points)
                Decompose(part, compatibility, result);
        }
        else
        {
            result.Add(point);
        }
    }

    // Canonical ordering (UAX 15, D109): a stable sort of every run of marks by combining class.
    private static void Reorder(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            if (Table.CombiningClass(points[start]) == 0)
                continue;
            var end = start + 1;
            while (end < points.Count && Table.CombiningClass(points[end]) != 0)
                end++;
            if (end - start > 1)
            {
                var sorted = points[start..end].OrderBy(Table.CombiningClass).ToArray();
                for (var index = start; index < end; index++)
                    points[index] = sorted[index - start];
            }

            start = end;
        }
    }

    // Canonical composition (UAX 15, D117), in place.
    private static void Compose(List<int> points)
    {
        int kept = 0, starter = -1, lastClass = 0;
        foreach (var point in points.ToArray())
        {
            var combining = Table.CombiningClass(point);
            var blocked = starter < 0 || (lastClass >= combining && lastClass > 0);
            if (!blocked && TryCompose(points[starter], point, out var composed))
            {
                points[starter] = composed;
                continue;
            }

            if (combining == 0)
                starter = kept;
            lastClass = combining;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        if (first is >= LeadFirst and < LeadFirst + LeadCount && second is >= VowelFirst and < VowelFirst + VowelCount)
        {
            composed = HangulFirst + ((first - LeadFirst) * VowelCount + second - VowelFirst) * TrailCount;
            return true;
        }

        if (first is >= HangulFirst and < HangulFirst + HangulCount && (first - HangulFirst) % TrailCount == 0
            && second is > TrailFirst and < TrailFirst + TrailCount)
        {
            composed = first + second - TrailFirst;
            return true;
        }

        return Table.Compositions.TryGetValue((first, second), out composed);
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> _classes = [];
        private readonly Dictionary<int, Changes> _changes = [];

        public Dictionary<int, (int[] Points, bool Compatibility)> Decompositions { get; } = [];

        public Dictionary<(int First, int Second), int> Compositions { get; } = [];

        public int CombiningClass(int point) => point < 0x300 ? 0 : _classes.GetValueOrDefault(point);

        public Changes ChangesOf(int point) => point is >= HangulFirst and < HangulFirst + HangulCount
            ? Changes.Decomposed | Changes.CompatibilityDecomposed
            : _changes.GetValueOrDefault(point);

        public static Tables Read()
        {
            var result = new Tables();
            var name = $"{typeof(UnicodeNormalization).Namespace}.decompositions.txt";
            using var stream = typeof(UnicodeNormalization).Assembly.GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"The resource {name} is not in the assembly.");
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (!line.StartsWith('#'))
                    result.Add(line.Split(';'));
            }

            // A composite of a compatibility character, such as U+1E9B, changes under NFKC although it has a canonical decomposition.
            foreach (var (point, parts) in result.Decompositions)
            {
                if (!parts.Compatibility && parts.Points.Any(result.HasCompatibilityPart))
                    result.Mark(point, Changes.CompatibilityComposed);
            }

            for (var point = VowelFirst; point < TrailFirst + TrailCount; point++)
                result.Mark(point, Changes.Composed | Changes.CompatibilityComposed);
            return result;
        }

        private void Add(string[] fields)
        {
            var point = Hexadecimal(fields[0]);
            if (fields[1].Length > 0)
            {
                _classes[point] = byte.Parse(fields[1], CultureInfo.InvariantCulture);
                Mark(point, Changes.All);
            }

            if (fields[2].Length == 0)
                return;
            var parts = fields[3].Split(' ').Select(Hexadecimal).ToArray();
            Decompositions[point] = (parts, fields[2] == "k");
            Mark(point, fields[2] switch
            {
                "k" => Changes.CompatibilityComposed | Changes.CompatibilityDecomposed,
                "x" => Changes.All,
                _ => Changes.Decomposed | Changes.CompatibilityDecomposed,
            });
            if (fields[2] != "c" || parts.Length != 2)
                return;
            Compositions[(parts[0], parts[1])] = point;
            Mark(parts[1], Changes.Composed | Changes.CompatibilityComposed);
        }

        private bool HasCompatibilityPart(int point) =>
            Decompositions.TryGetValue(point, out var parts) && (parts.Compatibility || parts.Points.Any(HasCompatibilityPart));

        private void Mark(int point, Changes changes) => _changes[point] = _changes.GetValueOrDefault(point) | changes;

        private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
