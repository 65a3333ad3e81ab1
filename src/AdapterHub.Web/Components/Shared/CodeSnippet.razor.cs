using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// Lines to copy: commands, configuration, code. <see cref="Html"/> takes the place of the plain text where it has been highlighted and sanitised.
/// <c>&lt;CodeSnippet Title="Command line" Code="adapterhub pull ada/wisdom" /&gt;</c>
/// </summary>
public sealed partial class CodeSnippet : ComponentBase
{
    private readonly string _id = "code-" + Guid.NewGuid().ToString("N")[..8];

    [Parameter] public string Code { get; set; } = "";

    [Parameter] public MarkupString? Html { get; set; }

    [Parameter] public string? Title { get; set; }

    [Parameter] public string? Language { get; set; }
}
