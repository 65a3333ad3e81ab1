using System.Text;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// A person's or organisation's first letter on a colour that belongs to the name.
/// <c>&lt;Avatar Name="ada" /&gt;</c>
/// </summary>
public sealed partial class Avatar : ComponentBase
{
    [Parameter, EditorRequired] public string Name { get; set; } = "";

    private string Initial => Name.Length == 0 ? "?" : Name.EnumerateRunes().First().ToString().ToUpperInvariant();

    /// <summary>FNV-1a, so that a name has the same colour in every process.</summary>
    private uint Hue
    {
        get
        {
            var hash = 2166136261u;
            foreach (var octet in Encoding.UTF8.GetBytes(Name))
                hash = (hash ^ octet) * 16777619;
            return hash % 360;
        }
    }
}
