using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace AdapterHub.Cli.Verbs;

/// <summary>Makes flags. A default that is not one value (such as "the base's context") stands in the description.</summary>
internal static class Flag
{
    public static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    public static Option<string> Text(string name, string placeholder, string description, string fallback) =>
        new(name) { HelpName = placeholder, Description = description, DefaultValueFactory = _ => fallback };

    public static Option<string?> Text(string name, string placeholder, string description) => new(name) { HelpName = placeholder, Description = description };

    public static Option<string> Required(string name, string placeholder, string description) =>
        new(name) { HelpName = placeholder, Description = description, Required = true };

    /// <summary>One of a few words, in any case.</summary>
    public static Option<string> Choice(string name, string description, string fallback, params string[] choices)
    {
        var option = Text(name, string.Join('|', choices), description, fallback);
        option.Validators.Add(result =>
        {
            var value = result.Tokens.Count > 0 ? result.Tokens[^1].Value : fallback;
            if (!choices.Contains(value, StringComparer.OrdinalIgnoreCase))
                result.AddError($"{name} must be {string.Join(", ", choices[..^1])} or {choices[^1]}; it is \"{value}\".");
        });
        return option;
    }

    /// <summary>May be given several times; with <paramref name="manyPerFlag"/> also several values after one flag.</summary>
    public static Option<string[]> Many(string name, string placeholder, string description, bool manyPerFlag = false, bool required = false) => new(name)
    {
        HelpName = placeholder,
        Description = description,
        Required = required,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = manyPerFlag,
    };

    public static Option<T> Number<T>(string name, string placeholder, string description, T fallback) where T : struct, ISpanParsable<T> => new(name)
    {
        HelpName = placeholder,
        Description = description,
        DefaultValueFactory = _ => fallback,
        CustomParser = result => Parse<T>(name, result) ?? fallback,
    };

    public static Option<T?> Number<T>(string name, string placeholder, string description) where T : struct, ISpanParsable<T> => new(name)
    {
        HelpName = placeholder,
        Description = description,
        CustomParser = result => Parse<T>(name, result),
    };

    private static T? Parse<T>(string name, ArgumentResult result) where T : struct, ISpanParsable<T>
    {
        var text = result.Tokens[^1].Value;
        if (T.TryParse(Expand<T>(text), CultureInfo.InvariantCulture, out var value))
            return value;
        result.AddError(default(T) is double ? $"{name} takes a number; \"{text}\" is none." : $"{name} takes a whole number; \"{text}\" is none.");
        return null;
    }

    /// <summary>Token counts are large: 300k, 20M and 1G are understood.</summary>
    private static string Expand<T>(string text)
    {
        var factor = text.Length > 1 ? char.ToUpperInvariant(text[^1]) switch { 'K' => 1e3, 'M' => 1e6, 'G' => 1e9, _ => 0 } : 0;
        return default(T) is long && factor > 0 && decimal.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? ((long)(number * (decimal)factor)).ToString(CultureInfo.InvariantCulture)
            : text;
    }
}
