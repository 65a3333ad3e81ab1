namespace AdapterHub.Catalog.Search;

/// <summary>
/// Numbers for the values of a facet, so that rows hold and compare small integers. Grows only; a number never changes its meaning, so a reader
/// that knows an older snapshot stays right. Spellings that differ by case only are one value, written as first seen.
/// </summary>
internal sealed class ValueDictionary
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _codes = new(StringComparer.OrdinalIgnoreCase);
    private volatile string[] _values = new string[16];
    private volatile string[] _words = new string[16];
    private volatile int _count;

    internal int Count => _count;

    internal string this[int code] => _values[code];

    /// <summary>-1 for null or blank.</summary>
    internal int Intern(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
            return -1;
        lock (_lock)
        {
            if (_codes.TryGetValue(value, out var code))
                return code;
            if (_count == _values.Length)
                (_values, _words) = (Longer(_values), Longer(_words));
            code = _count;
            _values[code] = value;
            _words[code] = $" {SearchText.Expanded(value)}";
            _codes.Add(value, code);
            _count = code + 1;
            return code;
        }
    }

    /// <summary>-1 when no row ever had it.</summary>
    internal int Find(string value)
    {
        lock (_lock)
            return _codes.GetValueOrDefault(value, -1);
    }

    /// <summary>Whether the value, a part of it or parts joined begin with the letters and digits of <paramref name="joined"/>.</summary>
    internal bool Matches(int code, string joined, out bool begins)
    {
        var at = _words[code].IndexOf($" {joined}", StringComparison.Ordinal);
        begins = at == 0;
        return at >= 0;
    }

    private static string[] Longer(string[] full)
    {
        var longer = new string[full.Length * 2];
        full.CopyTo(longer, 0);
        return longer;
    }
}
