using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.RegularExpressions;
using ColorCode;
using ColorCode.Common;
using ColorCode.Compilation;
using ColorCode.Parsing;
using ColorCode.Styling;

namespace AdapterHub.Catalog.Cards.Html;

/// <summary>
/// Colours code with ColorCode's languages and a few of ours, as spans with classes: <c>hl-</c> and the name that ColorCode's style sheet
/// gives. Its regular expressions are run with a time limit, since the code is a stranger's.
/// </summary>
internal sealed class CodeColors(HtmlText html, RenderBudget budget)
{
    private static readonly FrozenDictionary<string, ILanguage> Names = BuildNames();
    private static readonly BoundedCompiler Compiler = new();
    private static readonly LanguageRepository Repository = new(Names.Values.DistinctBy(language => language.Id).ToDictionary(language => language.Id, language => language));

    private int _characters;

    /// <summary>Writes code as spans; writes nothing if the language is not known or the code is too much.</summary>
    public bool TryWrite(string text, string language)
    {
        if (!Names.TryGetValue(language, out var grammar) || text.Length > CardLimits.HighlightedBlockCharacters || _characters + text.Length > CardLimits.HighlightedCharacters || budget.IsSpent)
            return false;
        _characters += text.Length;
        var spans = new Spans();
        try
        {
            spans.Read(text, grammar);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }

        // A parser that lost a character must not cost the reader one.
        if (!spans.IsAllOf(text))
            return false;
        spans.Write(html);
        return true;
    }

    private static FrozenDictionary<string, ILanguage> BuildNames()
    {
        (ILanguage Language, string[] Names)[] languages =
        [
            (Languages.Python, ["python", "py", "python3", "pycon"]),
            (new ShellLanguage(), ["bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession"]),
            (new YamlLanguage(), ["yaml", "yml"]),
            (new TomlLanguage(), ["toml", "ini", "cfg"]),
            (new DiffLanguage(), ["diff", "patch"]),
            (new RustLanguage(), ["rust", "rs"]),
            (new GoLanguage(), ["go", "golang"]),
            (Languages.FindById("json"), ["json", "jsonc", "json5", "jsonl", "ndjson"]),
            (Languages.CSharp, ["csharp", "cs", "c#"]),
            (Languages.FSharp, ["fsharp", "fs", "f#"]),
            (Languages.VbDotNet, ["vb", "vbnet"]),
            (Languages.Cpp, ["cpp", "c", "c++", "cc", "h", "hpp", "cuda", "cu"]),
            (Languages.Java, ["java", "kotlin", "kt"]),
            (Languages.JavaScript, ["javascript", "js", "jsx", "mjs", "node"]),
            (Languages.Typescript, ["typescript", "ts", "tsx"]),
            (Languages.Html, ["html", "htm", "vue"]),
            (Languages.Xml, ["xml", "csproj", "svg"]),
            (Languages.Css, ["css", "scss"]),
            (Languages.Sql, ["sql", "sqlite", "postgresql"]),
            (Languages.Php, ["php"]),
            (Languages.PowerShell, ["powershell", "ps1", "pwsh"]),
            (Languages.Haskell, ["haskell", "hs"]),
            (Languages.Markdown, ["markdown", "md"]),
            (Languages.Fortran, ["fortran", "f90"]),
            (Languages.MATLAB, ["matlab", "octave"]),
        ];
        return languages.SelectMany(row => row.Names.Select(name => KeyValuePair.Create(name, row.Language))).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>ColorCode's class formatter writes a frame and names without a prefix; this one takes what the parser finds and writes it as this page does.</summary>
    private sealed class Spans() : CodeColorizerBase(StyleDictionary.DefaultLight, new LanguageParser(Compiler, Repository))
    {
        private readonly List<(string Code, IList<Scope> Scopes)> _parts = [];

        public void Read(string text, ILanguage language) => languageParser.Parse(text, language, Write);

        public bool IsAllOf(string text) => string.Concat(_parts.Select(part => part.Code)) == text;

        public void Write(HtmlText html)
        {
            foreach (var (code, scopes) in _parts)
                Write(html, code, 0, code.Length, scopes);
        }

        protected override void Write(string parsedSourceCode, IList<Scope> scopes) => _parts.Add((parsedSourceCode, scopes));

        /// <summary>[start, end) of the code, with the scopes in it; one that does not fit its parent is left out.</summary>
        private void Write(HtmlText html, string code, int start, int end, IEnumerable<Scope> scopes)
        {
            var at = start;
            foreach (var scope in scopes.OrderBy(scope => scope.Index))
            {
                if (scope.Index < at || scope.Index + scope.Length > end || scope.Length <= 0)
                    continue;
                html.Text(code.AsSpan(at, scope.Index - at));
                at = scope.Index + scope.Length;
                var name = Styles.Contains(scope.Name) ? Styles[scope.Name].ReferenceName : null;
                if (name is not null)
                    html.Open("span", ("class", $"hl-{name}"));
                Write(html, code, scope.Index, at, scope.Children);
                if (name is not null)
                    html.Close("span");
            }

            html.Text(code.AsSpan(at, end - at));
        }
    }

    private sealed class BoundedCompiler : ILanguageCompiler
    {
        private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);
        private readonly ConcurrentDictionary<string, CompiledLanguage> _compiled = new(StringComparer.Ordinal);
        private readonly LanguageCompiler _inner = new([], new ReaderWriterLockSlim());

        public CompiledLanguage Compile(ILanguage language) => _compiled.GetOrAdd(language.Id, _ =>
        {
            var compiled = _inner.Compile(language);
            var bounded = new Regex(compiled.Regex.ToString(), compiled.Regex.Options, Longest);
            return new CompiledLanguage(compiled.Id, compiled.Name, bounded, compiled.Captures);
        });
    }
}
