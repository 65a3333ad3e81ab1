using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Settings;

/// <summary>
/// A page in a circuit on which people do things: each deed asks anew who acts, only one is under way at a time, an expected failure is shown on
/// the page and a success says so briefly.
/// </summary>
public abstract class ActingPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private Task _reading = Task.CompletedTask;

    [Inject] internal ActorAccessor Actors { get; set; } = default!;

    [Inject] internal Toasts Toasts { get; set; } = default!;

    /// <summary>Why the last deed did not work.</summary>
    protected string? Fault { get; set; }

    protected bool IsBusy { get; private set; }

    /// <summary>Cancelled when the reader leaves.</summary>
    protected CancellationToken Left => _left.Token;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _left.Cancel();
            _left.Dispose();
        }
    }

    /// <summary>One reading after the other, so that what is shown at last was read last. A reading starts no other: it would wait for itself.</summary>
    protected Task InTurnAsync(Func<Task> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return _reading = AfterAsync(_reading);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await read();
        }
    }

    /// <summary>Reads what somebody chose, in its turn: deeds are not refused meanwhile. What the catalogue has against it is shown.</summary>
    protected Task TryReadAsync(Func<Actor, Task> read) => InTurnAsync(async () =>
    {
        Fault = null;
        try
        {
            await read(await Actors.GetAsync(Left));
        }
        catch (CatalogException fault)
        {
            Fault = fault.Message;
        }
    });

    /// <summary>Within a deed: completes when all that was chosen so far is read.</summary>
    /// <exception cref="CatalogException">What the catalogue had against a reading that the deed waited for.</exception>
    protected async Task WhenReadAsync()
    {
        await InTurnAsync(() => Task.CompletedTask);
        if (Fault is { } fault)
            throw new CatalogException(CatalogFault.Invalid, fault);
    }

    /// <summary>Does it; true when it was done.</summary>
    /// <param name="deed">What; it is given who.</param>
    /// <param name="done">What to say afterwards.</param>
    protected async Task<bool> TryAsync(Func<Actor, Task> deed, string? done = null)
    {
        ArgumentNullException.ThrowIfNull(deed);
        if (IsBusy)
            return false;
        (IsBusy, Fault) = (true, null);
        try
        {
            await deed(await Actors.GetAsync(Left));
        }
        catch (CatalogException fault)
        {
            Fault = fault.Message;
            return false;
        }
        finally
        {
            IsBusy = false;
        }

        if (done is not null)
            Toasts.Show(Tone.Ok, done);
        return true;
    }
}
