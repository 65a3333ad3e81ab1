using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
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
internal sealed class CodeColors(IDocument document, RenderBudget budget)
{
    private static readonly FrozenDictionary<string, ILanguage> Names = BuildNames();
    private static readonly BoundedCompiler Compiler = new();
    private static readonly LanguageRepository Repository = new(Names.Values.DistinctBy(language => language.Id).ToDictionary(language => language.Id, language => language));

    private int _characters;

    /// <summary>Replaces the text of an element by spans; leaves it as it is if the language is not known or the code is too much.</summary>
    public void Color(IElement code, string language)
    {
        var text = code.TextContent;
        if (!Names.TryGetValue(language, out var grammar) || text.Length > CardLimits.HighlightedBlockCharacters || _characters + text.Length > CardLimits.HighlightedCharacters || budget.IsSpent)
            return;
        _characters += text.Length;
        var spans = new Spans(document);
        try
        {
            spans.Write(text, grammar);
        }
        catch (RegexMatchTimeoutException)
        {
            return;
        }

        if (spans.Root.TextContent == text)
        {
            code.TextContent = "";
            code.AppendChild(spans.Root);
        }
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

    /// <summary>ColorCode's own class formatter writes text; this one builds the elements, so nothing has to be parsed and trusted again.</summary>
    private sealed class Spans(IDocument document) : CodeColorizerBase(StyleDictionary.DefaultLight, new LanguageParser(Compiler, Repository))
    {
        public IDocumentFragment Root { get; } = document.CreateDocumentFragment();

        public void Write(string text, ILanguage language) => languageParser.Parse(text, language, Write);

        protected override void Write(string parsedSourceCode, IList<Scope> scopes) => Write(Root, parsedSourceCode, 0, parsedSourceCode.Length, scopes);

        /// <summary>[start, end) of the code, with the scopes in it; one that does not fit its parent is left out.</summary>
        private void Write(INode parent, string code, int start, int end, IEnumerable<Scope> scopes)
        {
            var at = start;
            foreach (var scope in scopes.OrderBy(scope => scope.Index))
            {
                if (scope.Index < at || scope.Index + scope.Length > end || scope.Length <= 0)
                    continue;
                AppendText(parent, code[at..scope.Index]);
                at = scope.Index + scope.Length;
                var name = Styles.Contains(scope.Name) ? Styles[scope.Name].ReferenceName : null;
                var inner = parent;
                if (name is not null)
                {
                    var span = document.CreateElement("span");
                    span.ClassName = $"hl-{name}";
                    parent.AppendChild(span);
                    inner = span;
                }

                Write(inner, code, scope.Index, at, scope.Children);
            }

            AppendText(parent, code[at..end]);
        }

        private void AppendText(INode parent, string text)
        {
            if (text.Length > 0)
                parent.AppendChild(document.CreateTextNode(text));
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
