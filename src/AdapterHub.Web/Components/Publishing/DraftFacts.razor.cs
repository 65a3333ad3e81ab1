using AdapterHub.Catalog.Publishing.Checks;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Publishing;

/// <summary>What the files say of themselves, before they are published.</summary>
public sealed partial class DraftFacts : ComponentBase
{
    [Parameter, EditorRequired] public RevisionReport Report { get; set; } = null!;
}
