using System.Diagnostics;
using System.Globalization;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class LargeUploadTests
{
    private const long Length = 1L << 30;
    private const long Part = 32 << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Gibibyte_ArrivesInPartsWithLittleMemory()
    {
        await using var catalog = await TemporaryCatalog.CreateAsync();
        var ada = await catalog.AddUserAsync("ada");
        var desk = catalog.Get<DraftDesk>();
        var draft = await desk.CreateAsync(ada, new DraftTarget { Kind = RepositoryKind.Dataset }, Cancel);
        var file = (await desk.AnnounceAsync(ada, draft.Id, [new AnnouncedFile("weights.safetensors", Length)], false, Cancel)).Files.Single();
        GC.Collect();
        var before = Environment.WorkingSet;
        var peak = before;
        using var source = new GeneratedStream(Length, seed: 3);
        var watch = Stopwatch.StartNew();

        for (long offset = 0; offset < Length; offset += Part)
        {
            file = await desk.AppendAsync(ada, draft.Id, file.Id, offset, new PartOfStream(source, Part), Cancel);
            peak = Math.Max(peak, Environment.WorkingSet);
        }

        file.IsComplete.ShouldBeTrue();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"1 GiB in parts of 32 MiB: {watch.Elapsed.TotalSeconds:0.0} s with making it up, {(peak - before) / 1048576.0:0.0} MiB more memory"));
        (peak - before).ShouldBeLessThan(100L << 20);
    }

    /// <summary>The next bytes of another stream.</summary>
    private sealed class PartOfStream(Stream source, long length) : OneWayStream
    {
        private long _left = length;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await source.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= read;
            return read;
        }
    }
}
