using ColorCode;
using ColorCode.Common;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>A language that ColorCode does not bring. Rules are tried in order at each place; comments inside strings are taken by the string.</summary>
internal abstract class CodeLanguage(string id, params LanguageRule[] rules) : ILanguage
{
    public string Id => id;

    public string Name => id;

    public string CssClassName => id;

    public string FirstLinePattern => "";

    public IList<LanguageRule> Rules { get; } = rules;

    public bool HasAlias(string lang) => false;

    protected static LanguageRule Rule(string pattern, params string[] scopes) =>
        new(pattern, scopes.Select((scope, index) => KeyValuePair.Create(scopes.Length == 1 ? 0 : index + 1, scope)).Where(pair => pair.Value.Length > 0).ToDictionary());

    protected static LanguageRule Words(string scope, string words) => Rule($@"\b(?:{words.Replace(' ', '|')})\b", scope);

    protected const string DoubleQuoted = @"""(?:[^""\\\r\n]|\\.)*""";
    protected const string SingleQuoted = @"'(?:[^'\\\r\n]|\\.)*'";
}

internal sealed class ShellLanguage() : CodeLanguage(
    "adapterhub-shell",
    Rule(@"(?m)(?:(?<=^|\s)\#[^\r\n]*)", ScopeName.Comment),
    Rule(@"""(?:[^""\\]|\\[\s\S])*""", ScopeName.String),
    Rule(@"'[^']*'", ScopeName.String),
    Rule(@"\$(?:\w+|\{[^}\r\n]*\}|[#?@*!$-])", ScopeName.TypeVariable),
    Rule(@"(?m)(?<=\s)--?[A-Za-z][\w-]*", ScopeName.PowerShellParameter),
    Words(ScopeName.ControlKeyword, "if then else elif fi for while until do done case esac in function select return exit break continue"),
    Words(ScopeName.BuiltinFunction, "cd echo export source set unset alias eval exec read printf test sudo apt apt-get pip pip3 python python3 git curl wget npm docker dotnet hf adapterhub"),
    Rule(@"&&|\|\||[|;&<>]+", ScopeName.Operator));

internal sealed class YamlLanguage() : CodeLanguage(
    "adapterhub-yaml",
    Rule(@"(?m)(?:(?<=^|\s)\#[^\r\n]*)", ScopeName.Comment),
    Rule(@"(?m)^[ \t]*(?:-[ \t]+)*([A-Za-z0-9_.""'/-][^:#\r\n\[\]{},]*)(:)(?=\s|$)", ScopeName.JsonKey, ScopeName.Delimiter),
    Rule(DoubleQuoted, ScopeName.String),
    Rule(@"'(?:[^'\r\n]|'')*'", ScopeName.String),
    Words(ScopeName.JsonConst, "true false null yes no on off"),
    Rule(@"(?<![\w.-])-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![\w.-])", ScopeName.JsonNumber),
    Rule(@"[&*][A-Za-z_]\w*|!!?\w+", ScopeName.TypeVariable));

internal sealed class TomlLanguage() : CodeLanguage(
    "adapterhub-toml",
    Rule(@"(?m)[#;][^\r\n]*", ScopeName.Comment),
    Rule(@"(?m)^[ \t]*\[\[?[^\]\r\n]*\]\]?", ScopeName.ClassName),
    Rule(@"(?m)^[ \t]*([A-Za-z0-9_.""'-]+)[ \t]*(=)", ScopeName.JsonKey, ScopeName.Operator),
    Rule(DoubleQuoted, ScopeName.String),
    Rule(@"'[^'\r\n]*'", ScopeName.String),
    Words(ScopeName.JsonConst, "true false"),
    Rule(@"(?<![\w.-])-?[0-9][0-9_]*(?:\.[0-9]+)?(?![\w.-])", ScopeName.JsonNumber));

internal sealed class DiffLanguage() : CodeLanguage(
    "adapterhub-diff",
    Rule(@"(?m)^(?:\+\+\+|---|diff|index)[^\r\n]*", ScopeName.Keyword),
    Rule(@"(?m)^@@[^\r\n]*", ScopeName.PreprocessorKeyword),
    Rule(@"(?m)^\+[^\r\n]*", ScopeName.BuiltinValue),
    Rule(@"(?m)^-[^\r\n]*", ScopeName.String));

internal sealed class RustLanguage() : CodeLanguage(
    "adapterhub-rust",
    Rule(@"//[^\r\n]*|/\*[\s\S]*?\*/", ScopeName.Comment),
    Rule(@"b?""(?:[^""\\]|\\[\s\S])*""", ScopeName.String),
    Rule(@"'(?:[^'\\\r\n]|\\[^\r\n]{1,8}?)'", ScopeName.String),
    Rule(@"\#!?\[[^\]\r\n]*\]", ScopeName.Attribute),
    Words(ScopeName.Keyword, "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while"),
    Words(ScopeName.Type, "bool char str String Vec Option Result Box u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f16 f32 f64"),
    Rule(@"\b[a-z_]\w*!", ScopeName.BuiltinFunction),
    Rule(@"\b[0-9][0-9a-fA-FxXoObB_]*(?:\.[0-9]+)?\b", ScopeName.Number));

internal sealed class GoLanguage() : CodeLanguage(
    "adapterhub-go",
    Rule(@"//[^\r\n]*|/\*[\s\S]*?\*/", ScopeName.Comment),
    Rule(DoubleQuoted, ScopeName.String),
    Rule("`[^`]*`", ScopeName.String),
    Rule(SingleQuoted, ScopeName.String),
    Words(ScopeName.Keyword, "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false"),
    Words(ScopeName.Type, "bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr any"),
    Rule(@"\b[0-9][0-9a-fA-FxXoObB_]*(?:\.[0-9]+)?\b", ScopeName.Number));
