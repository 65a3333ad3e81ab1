using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Entry;

/// <summary>The two fields of a new password, <c>password</c> and <c>again</c>.</summary>
public sealed partial class NewPasswordFields : ComponentBase
{
    private const int Shortest = 10;

    [Parameter] public string Label { get; set; } = "Password";

    [Parameter] public bool IsOptional { get; set; }

    [Parameter] public string? Hint { get; set; }
}
