using AdapterHub.Formats;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class SafetensorsListingTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_IsListedWithTotalsByType()
    {
        var listing = SafetensorsListing.Read(_folder.Write("x", SafetensorsBytes.Small));
        listing.Metadata.ShouldBe(new Dictionary<string, string> { ["format"] = "pt" });
        listing.Tensors.Select(tensor => (tensor.Name, tensor.Dtype, tensor.Count, tensor.Bytes)).ShouldBe([("a", "F32", 4, 16), ("s", "I64", 1, 8), ("z", "U8", 0, 0)]);
        listing.Dtypes.ShouldBe([new("F32", 1, 4, 16), new("I64", 1, 1, 8), new("U8", 1, 0, 0)]);
        (listing.Parameters, listing.Bytes).ShouldBe((5, SafetensorsBytes.Small.Length));
    }

    [Fact]
    public void BrokenFile_IsRefused() =>
        Should.Throw<AdapterFormatException>(() => SafetensorsListing.Read(_folder.Write("x", [.. SafetensorsBytes.Small, 0])));
}
