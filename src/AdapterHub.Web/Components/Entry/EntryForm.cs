using AdapterHub.Catalog;
using AdapterHub.Web.Accounts;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>
/// What the forms share that change cookies: plain posts without a circuit, answered by the same page with the fault and its status, or by
/// leading on.
/// </summary>
public abstract class EntryForm : ComponentBase
{
    [CascadingParameter] protected HttpContext Context { get; set; } = default!;

    [Inject] internal NavigationManager Navigation { get; set; } = default!;

    protected string? Fault { get; private set; }

    protected IReadOnlyList<string> Details { get; private set; } = [];

    /// <summary>Does what was asked; an expected failure becomes the page's fault.</summary>
    protected async Task<bool> TryAsync(Func<Task> deed)
    {
        ArgumentNullException.ThrowIfNull(deed);
        try
        {
            await deed();
            return true;
        }
        catch (CatalogException fault)
        {
            Context.Response.StatusCode = FaultStatus.Of(fault.Fault);
            Fail(fault.Message, fault.Details);
            return false;
        }
    }

    /// <summary>Shows why not, with 422 unless the status was set already.</summary>
    protected void Fail(string fault, IReadOnlyList<string>? details = null)
    {
        (Fault, Details) = (fault, details ?? []);
        if (Context.Response.StatusCode == StatusCodes.Status200OK)
            Context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
    }

    /// <summary>Answers 429 when there were too many attempts.</summary>
    protected bool IsRefused(TimeSpan? wait)
    {
        if (wait is not { } time)
            return false;
        AttemptLimits.Refuse(Context, time);
        Fail(AttemptLimits.Text(time));
        return true;
    }

    protected void GoTo(string? address) => Navigation.NavigateTo(LocalAddress.Of(address));
}
