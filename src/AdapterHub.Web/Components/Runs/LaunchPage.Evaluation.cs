using AdapterHub.Catalog;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Web.Formatting;

namespace AdapterHub.Web.Components.Runs;

public sealed partial class LaunchPage
{
    /// <summary>What people call a file that is kept out of training.</summary>
    private static readonly string[] HeldOutNames = ["test", "heldout", "held-out", "held_out", "eval", "evaluation", "validation", "valid", "dev"];
    private string _evaluationData = "";
    private string? _evaluationReference, _evaluationText, _evaluationWarning;
    private bool _evaluates;

    /// <summary>The files to measure the adapter on once it is trained; none where that is not wanted.</summary>
    private IReadOnlyList<string> EvaluationFiles => !_evaluates ? []
        : [_evaluationReference ?? throw new CatalogException(CatalogFault.Invalid, "Choose a dataset to evaluate the adapter on, or leave the evaluation out.")];

    private Task EvaluateAsync(bool evaluates)
    {
        _evaluates = evaluates;
        if (!evaluates || _evaluationData.Length > 0 || _source != TextOrigin.Catalogue)
            return Task.CompletedTask;
        _evaluationData = _data;
        return ReadEvaluationAsync();
    }

    private Task ChooseEvaluationAsync(string name)
    {
        _evaluationData = name;
        return ReadEvaluationAsync();
    }

    /// <summary>Of a dataset with a part that is set aside that part, else all of it.</summary>
    private Task ReadEvaluationAsync() => TryReadAsync(async actor =>
    {
        (_evaluationReference, _evaluationText, _evaluationWarning) = (null, null, null);
        if (_evaluationData.Length == 0)
            return;
        var revision = await Revisions.GetRevisionAsync(actor, RepositoryName.Parse(_evaluationData), null, Left);
        var texts = revision.Files.Where(file => TextEndings.Contains(Path.GetExtension(file.Path), StringComparer.OrdinalIgnoreCase)).ToList();
        var heldOut = texts.Find(file => HeldOutNames.Contains(Path.GetFileNameWithoutExtension(file.Path), StringComparer.OrdinalIgnoreCase));
        if (texts.Count == 0)
        {
            _evaluationWarning = $"{_evaluationData} has no .txt, .jsonl or .csv file.";
            return;
        }

        _evaluationReference = heldOut is null ? _evaluationData : $"{_evaluationData}:{heldOut.Path}";
        if (heldOut is null && _source == TextOrigin.Catalogue && _evaluationData == _data)
            _evaluationWarning = "This is the text that the adapter learns, and no file of it is set aside: the figure will flatter it. Choose another dataset.";
        _evaluationText = $"{heldOut?.Path ?? Display.Counted(texts.Count, "file")}, {Display.Bytes(heldOut?.Length ?? texts.Sum(file => file.Length))}. A second run measures it when this one is done, beside the base model.";
    });
}
