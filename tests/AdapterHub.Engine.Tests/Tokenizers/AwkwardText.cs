using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Tokenizers;

/// <summary>Texts that tokenizers stumble over, fixed ones and generated ones.</summary>
internal static class AwkwardText
{
    public static readonly string[] Fixed =
    [
        "", " ", "  ", "\n", "\t\tx", " \r\n\r\n x", "Hello, world!", "it's we'LL 'ſ DON'T", "3.14159 1,000,000 x=1234567", "  leading and trailing  ",
        "def f(x):\n\tif x:\n\t\treturn  x+1  # ok\n", "naïve café e\u0301\u0323", "漢字仮名 交じり文", "한국어 각", "مرحبا بالعالم", "हिन्दी",
        "😀😃 👨‍👩‍👧‍👦 🏽 🇩🇪 ❤️", "𝐀𝑩𝟘 𠀀𠮷𪚥 𐐀", "\u200b\u200d\ufeff\u00ad", "ﬁ ① ㎏", "▁▁x ▁", "Ġ Ċ Ã", "\0\u0001\u007f", "a\u0085b\u2028c\u00a0d\u3000e", "ⒶⓑⒸ 🅰",
    ];

    private static readonly string[] Pools =
    [
        "abcdefgXYZ", " \t\n\r\u00a0\u3000", "0123456789٣Ⅷ½", "'\".,;:!?()[]{}<>/\\|@#$%^&*", "éñßſKİΣς", "\u0301\u0323\u0327", "漢字한국", "العربية", "\u200b\u200c\u200d\ufe0f",
    ];

    private static readonly string[] Pairs = ["😀", "👩‍💻", "🇩🇪", "𝐀", "𠀀", "𐐨", "𝟙", "\U0001F130"];

    /// <summary>Well-formed texts of up to 40 characters of every kind, runs of one kind included.</summary>
    public static Gen<string> Any { get; } =
        from parts in Gen.OneOf(
            Gen.Elements(Pools).SelectMany(pool => Gen.Elements(pool.ToCharArray())).Select(character => character.ToString()),
            Gen.Elements(Pools).SelectMany(pool => Gen.ArrayOf(Gen.Elements(pool.ToCharArray()), 4)).Select(run => new string(run)),
            Gen.Elements(Pairs),
            Gen.Elements("the", " the", "'s", "  ", "\n\n", " 12", "<s>", "<|x|>")).ArrayOf()
        select string.Concat(parts.Take(40));

    /// <summary>Such texts with lone surrogates strewn in.</summary>
    public static Gen<string> Broken { get; } =
        from text in Any
        from halves in Gen.Choose(0, 0x7FF).Select(offset => (char)(0xD800 + offset)).ArrayOf()
        from place in Gen.Choose(0, 1000)
        select text.Insert(text.Length == 0 ? 0 : place % text.Length, new string(halves.Take(3).ToArray()));

    public static void Check<T>(Gen<T> cases, Action<T> property, int tests = 300) =>
        Prop.ForAll(cases.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(20260801, 1));

    /// <summary>What a text is once it has been UTF-8: U+FFFD for lone surrogates.</summary>
    public static string AsUtf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
