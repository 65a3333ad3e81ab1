using AdapterHub.Catalog;
using AdapterHub.Catalog.Cards;
using AdapterHub.Catalog.Database;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>
/// Edits README.md: the keys of its front matter as fields, its text beside a live preview, or all of it as source. What is typed is kept by the
/// server after a pause; keys and comments that no field shows stay as they are.
/// </summary>
public sealed partial class CardEditor : ComponentBase, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _waiting;
    private CardDocument _document = CardDocument.Parse("");
    private string _preview = "";
    private string? _status;
    private bool _isSource;
    private bool _touched;

    [Parameter, EditorRequired] public string Text { get; set; } = "";

    [Parameter] public RepositoryKind Kind { get; set; }

    /// <summary>Nobody wrote the text yet: it was drafted from the files.</summary>
    [Parameter] public bool IsDrafted { get; set; }

    [Parameter, EditorRequired] public Func<string, Task> Save { get; set; } = null!;

    /// <summary>Saves what was typed a moment ago without waiting for the pause to end.</summary>
    public async Task SaveNowAsync()
    {
        if (_waiting is not { } waiting)
            return;
        await waiting.CancelAsync();
        _waiting = null;
        await Save(_document.ToString());
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override void OnParametersSet()
    {
        // What is being typed wins over what the server has.
        if (_touched || string.Equals(Text, _document.ToString(), StringComparison.Ordinal))
            return;
        _document = CardDocument.Parse(Text);
        Draw();
    }

    private static string Value(ChangeEventArgs change) => change.Value?.ToString() ?? "";

    private static string Joined(IEnumerable<string> values) => string.Join(", ", values);

    private static string[] Split(ChangeEventArgs change) =>
        Value(change).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private void Draw() => _preview = CardHtml.Render(_document, CardLinks.None).Html;

    /// <summary>Draws the preview and saves after a pause; another change begins the pause anew.</summary>
    private async Task Change(Func<CardDocument, CardDocument> change)
    {
        _document = change(_document);
        _touched = true;
        _status = "";
        if (_waiting is not null)
            await _waiting.CancelAsync();
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        _waiting = waiting;
        try
        {
            await Task.Delay(Pause, waiting.Token);
            Draw();
            _status = "Saving";
            await Save(_document.ToString());
            _status = "Saved";
        }
        catch (OperationCanceledException)
        {
            // Another letter came, or the page was left.
        }
        catch (CatalogException refusal)
        {
            _status = refusal.Message;
        }
        finally
        {
            if (_waiting == waiting)
                _waiting = null;
        }
    }
}
