using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>A parent or a child with the relation that joins it.</summary>
public sealed partial class LineageNode : ComponentBase
{
    [Parameter, EditorRequired] public LineageEnd End { get; set; } = null!;

    private string Relation => End.Relation switch
    {
        LineageRelation.BaseModel => End.Kind == RepositoryKind.Adapter ? "adapter" : "base model",
        LineageRelation.BlendParent => "blend",
        LineageRelation.Fork => "fork",
        LineageRelation.Dataset => "dataset",
        LineageRelation.Run => "run",
        _ => throw new InvalidOperationException($"No word for {End.Relation}."),
    };
}
