namespace AdapterHub.Web.Components.Shared;

/// <summary>One short message at the edge of the page.</summary>
public sealed record Toast(Guid Id, Tone Tone, string Text);

/// <summary>
/// Messages about what was just done, one person's: inject it and call <c>Show(Tone.Ok, "Saved")</c>. What must not be missed belongs into a <see cref="Notice"/>.
/// </summary>
public sealed class Toasts(TimeProvider clock)
{
    /// <summary>More at once cover the page.</summary>
    private const int Most = 4;

    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(6);
    private readonly Lock _gate = new();
    private List<Toast> _current = [];

    /// <summary>Raised on any thread.</summary>
    public event Action? Changed;

    public IReadOnlyList<Toast> Current
    {
        get
        {
            lock (_gate)
                return _current;
        }
    }

    /// <summary>Errors stay until they are closed, everything else six seconds.</summary>
    public void Show(Tone tone, string text)
    {
        var toast = new Toast(Guid.NewGuid(), tone, text);
        Replace(current => [.. current.TakeLast(Most - 1), toast]);
        if (tone != Tone.Danger)
            _ = CloseLaterAsync(toast.Id);
    }

    public void Close(Guid id) => Replace(current => [.. current.Where(toast => toast.Id != id)]);

    private async Task CloseLaterAsync(Guid id)
    {
        await Task.Delay(Shown, clock).ConfigureAwait(false);
        Close(id);
    }

    private void Replace(Func<List<Toast>, List<Toast>> change)
    {
        lock (_gate)
            _current = change(_current);
        Changed?.Invoke();
    }
}
