using System.Globalization;
using System.Text;
using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing.Checks;

namespace AdapterHub.Catalog.Publishing;

/// <summary>The card of a draft that came without one, from what its files say. Its licence stays open: only a person can choose it.</summary>
internal static class DraftedCard
{
    private const int MostFiles = 50;

    /// <param name="title">The repository's name; empty while none is chosen.</param>
    public static string Of(string title, CheckedRevision revision, RevisionReport report)
    {
        title = title.Length > 0 ? title : "Untitled";
        var files = revision.Files.Take(MostFiles).Select(file => new CardDraftFile(file.Path, file.Length)).ToList();
        if (report.Files.Adapter is { } facts)
        {
            return new CardDraft { Title = title, Facts = facts, BaseModel = report.Base?.Name, BaseParameters = report.BaseParameters, Files = files }.ToCard().ToString();
        }

        var card = CardDocument.Parse(Body(title, files, report));
        return (revision.Kind == RepositoryKind.BaseModel
            ? card.WithText("library_name", "transformers").WithPipelineTag("text-generation").WithTags(["adapterhub"])
            : card.WithTags(["adapterhub"])).ToString();
    }

    private static string Body(string title, List<CardDraftFile> files, RevisionReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n# {title}\n\n");
        if (report.Files.Parameters is { } parameters)
            text.Append(CultureInfo.InvariantCulture, $"A base model{(report.Files.Architecture is { } architecture ? $" of the architecture `{architecture.Replace('`', '_')}`" : "")} with {parameters:N0} parameters.\n\n");
        text.Append("| file | size |\n|---|---:|\n");
        foreach (var file in files)
            text.Append(CultureInfo.InvariantCulture, $"| `{file.Path.Replace('`', '_').Replace('|', '_')}` | {ByteText.Of(file.Bytes)} |\n");
        return text.Append("\n<!-- Only you know:\n- Under which licence may others use it?\n- What is in it, and where does it come from?\n- What is it good for, and what not?\n-->\n").ToString();
    }
}
