using AdapterHub.Torch;

namespace AdapterHub.Engine.Models;

/// <summary>
/// Documents laid end to end: ids and positions (N) int64, where positions restart with each document; cumulative
/// (documents + 1) int32 boundaries from 0 to N. Attention stays inside a document.
/// </summary>
/// <param name="Longest">An upper bound on a document's length.</param>
public sealed record PackedInput(Tensor Ids, Tensor Positions, Tensor Cumulative, long Longest)
{
    /// <summary>One document.</summary>
    public static PackedInput Of(ReadOnlySpan<int> ids, Device device) => Of([ids.ToArray()], device);

    /// <summary>Several documents of any lengths.</summary>
    public static PackedInput Of(IReadOnlyList<int[]> documents, Device device)
    {
        var ids = documents.SelectMany(document => document.Select(id => (long)id)).ToArray();
        var positions = documents.SelectMany(document => Enumerable.Range(0, document.Length).Select(place => (long)place)).ToArray();
        var bounds = new int[documents.Count + 1];
        for (var i = 0; i < documents.Count; i++)
            bounds[i + 1] = bounds[i] + documents[i].Length;
        return new PackedInput(
            Tensor.From<long>(ids).To(device), Tensor.From<long>(positions).To(device), Tensor.From<int>(bounds).To(device),
            documents.Max(document => document.Length));
    }
}
