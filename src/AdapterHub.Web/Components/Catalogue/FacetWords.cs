using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Search;

namespace AdapterHub.Web.Components.Catalogue;

/// <summary>What people read in place of a facet's keys and values.</summary>
internal static class FacetWords
{
    /// <param name="facet">Which one.</param>
    /// <param name="kind">The only kind that is listed; null where kinds are mixed.</param>
    public static string Title(Facet facet, RepositoryKind? kind) => facet switch
    {
        Facet.Method when kind == RepositoryKind.BaseModel => "Architecture",
        Facet.Method when kind == RepositoryKind.Dataset => "Format",
        Facet.Kind => "Kind",
        Facet.Base => "Base model",
        Facet.Method => "Method",
        Facet.Rank => "Rank",
        Facet.Tag => "Tag",
        Facet.Task => "Task",
        Facet.License => "Licence",
        Facet.Owner => "Owner",
        Facet.Language => "Language",
        _ => throw new ArgumentOutOfRangeException(nameof(facet), facet, null),
    };

    public static string Value(Facet facet, string value) => facet switch
    {
        Facet.Kind => value switch { "adapter" => "Adapters", "base-model" => "Base models", "dataset" => "Datasets", _ => value },
        Facet.Task => Task(value),
        Facet.Rank => value.Replace("..", " to ", StringComparison.Ordinal),
        _ => value,
    };

    /// <summary>The Hub's pipeline tags are words with hyphens.</summary>
    public static string Task(string tag) => tag.Length == 0 ? tag : char.ToUpperInvariant(tag[0]) + tag[1..].Replace('-', ' ');
}
