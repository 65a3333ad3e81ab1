using DiffPlex.DiffBuilder.Model;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>Two texts line by line, with three lines around every change.</summary>
public sealed partial class TextDifference : ComponentBase
{
    private const int Around = 3;
    private static readonly string[] Texts = [".md", ".json", ".jsonl", ".yaml", ".yml", ".txt", ".csv", ".toml", ".py", ".jinja"];

    [Parameter, EditorRequired] public IReadOnlyList<DiffPiece> Lines { get; set; } = [];

    private IEnumerable<(DiffPiece Line, bool IsGap)> Shown
    {
        get
        {
            var lastShown = -1;
            for (var index = 0; index < Lines.Count; index++)
            {
                if (!IsNearChange(index))
                    continue;
                if (index > lastShown + 1)
                    yield return (Lines[index], true);
                yield return (Lines[index], false);
                lastShown = index;
            }
        }
    }

    public static bool IsText(string path) => Texts.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private bool IsNearChange(int index)
    {
        for (var near = Math.Max(0, index - Around); near <= Math.Min(Lines.Count - 1, index + Around); near++)
        {
            if (Lines[near].Type != ChangeType.Unchanged)
                return true;
        }

        return false;
    }

    private static string? ClassOf(ChangeType type) => type switch { ChangeType.Inserted => "diff-in", ChangeType.Deleted => "diff-out", _ => null };

    private static string Sign(ChangeType type) => type switch { ChangeType.Inserted => "+", ChangeType.Deleted => "−", _ => "" };

    private static string? SignWord(ChangeType type) => type switch { ChangeType.Inserted => "added", ChangeType.Deleted => "removed", _ => null };
}
