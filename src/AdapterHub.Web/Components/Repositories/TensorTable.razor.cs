using AdapterHub.Formats.Inspection;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Repositories;

/// <summary>The header of a safetensors file: names, types, shapes, without a byte of the weights.</summary>
public sealed partial class TensorTable : ComponentBase
{
    private string _part = "";

    [Parameter, EditorRequired] public SafetensorsListing Listing { get; set; } = null!;

    private ICollection<ListedTensor> Found =>
        [.. Listing.Tensors.Where(tensor => tensor.Name.Contains(_part, StringComparison.OrdinalIgnoreCase))];
}
