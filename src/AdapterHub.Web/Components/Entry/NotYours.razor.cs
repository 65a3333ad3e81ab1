using AdapterHub.Web.Components.Errors;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>In a circuit, at a page that the reader may not open: strangers are led to sign in, others are told.</summary>
public sealed partial class NotYours(NavigationManager navigation) : ComponentBase
{
    private readonly FaultText _text = FaultText.Of(StatusCodes.Status403Forbidden);

    [Parameter, EditorRequired] public bool IsSignedIn { get; set; }

    protected override void OnInitialized()
    {
        if (!IsSignedIn)
            navigation.NavigateTo(Addresses.SignInFor("/" + navigation.ToBaseRelativePath(navigation.Uri)), forceLoad: true);
    }
}
