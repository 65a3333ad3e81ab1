using AdapterHub.Catalog;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>A part of a page that changes something: one deed at a time, and what the catalogue has against it is shown where it was asked for.</summary>
public abstract class DeedForm : ComponentBase
{
    /// <summary>Why the last deed was refused.</summary>
    protected string? Fault { get; private set; }

    protected bool IsBusy { get; private set; }

    /// <summary>False when the deed was refused, or another one is under way.</summary>
    protected async Task<bool> TryAsync(Func<Task> deed)
    {
        ArgumentNullException.ThrowIfNull(deed);
        if (IsBusy)
            return false;
        (IsBusy, Fault) = (true, null);
        try
        {
            await deed();
            return true;
        }
        catch (CatalogException refusal)
        {
            Fault = refusal.Message;
            return false;
        }
        finally
        {
            IsBusy = false;
        }
    }
}
