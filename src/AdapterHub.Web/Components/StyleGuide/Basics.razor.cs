using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.StyleGuide;

/// <summary>Type, panels, tables, facts, badges, pictures.</summary>
public sealed partial class Basics(TimeProvider clock) : ComponentBase
{
    private const string Snippet = "adapterhub pull ada/wisdom\nadapterhub generate --base inkwell --adapter wisdom --prompt \"MONEY, n.\"";

    private static readonly (string Name, string Digest, long Size, double Hours)[] Files =
    [
        ("README.md", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", 4_812, 0.4),
        ("adapter_config.json", "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9", 912, 30),
        ("adapter_model.safetensors", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", 10_547_288, 30),
    ];

    [Parameter] public int Page { get; set; } = 1;

    /// <summary>Eight layers of seven modules, as the anatomy's thumbnail will look.</summary>
    private static MarkupString Drawing { get; } = Draw();

    private static MarkupString Draw()
    {
        var svg = new StringBuilder("<svg viewBox='0 0 8 8' shape-rendering='crispEdges' fill='currentColor' color='var(--color-accent)'>");
        for (var k = 0; k < 64; k++)
            svg.Append(CultureInfo.InvariantCulture, $"<rect x='{k % 8}' y='{k / 8}' width='1' height='1' opacity='{0.08 + 0.92 * Math.Pow(Math.Sin(k * 1.7) * Math.Cos(k / 9.0), 2):0.00}'/>");
        return new MarkupString(svg.Append("</svg>").ToString());
    }
}
