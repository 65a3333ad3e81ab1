using System.Globalization;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Web.Accounts;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>The files of a draft and how far they are. The bars are moved by the browser (js/upload.js); what is complete comes from the server.</summary>
public sealed partial class DraftFiles(DraftDesk desk, ActorAccessor actors, Toasts toasts) : ComponentBase
{
    [Parameter, EditorRequired] public DraftView Draft { get; set; } = null!;

    [Parameter] public EventCallback<string> Changed { get; set; }

    private static string Percent(DraftFileView file) =>
        (file.Length == 0 ? 100 : Math.Floor(100.0 * file.Received / file.Length)).ToString(CultureInfo.InvariantCulture);

    private async Task RemoveAsync(DraftFileView file)
    {
        try
        {
            await desk.RemoveFileAsync(await actors.GetAsync(), Draft.Id, file.Id);
        }
        catch (CatalogException refusal)
        {
            toasts.Show(Tone.Danger, refusal.Message);
        }

        await Changed.InvokeAsync(Draft.Id);
    }
}
