using System.Text;
using AdapterHub.Formats.Inspection.Uploads;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class LargeUploadTests : IDisposable
{
    private const long Gibibyte = 1L << 30;
    private static readonly byte[] Header = Encoding.UTF8.GetBytes($$$"""{"a.weight":{"dtype":"BF16","shape":[32768,16384],"data_offsets":[0,{{{Gibibyte}}}]}}""");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GibibyteOfWeights_IsScannedInAFewMegabytes()
    {
        var file = Sparse("model.safetensors", Header, Gibibyte);
        using (var stream = File.OpenWrite(file.LocalPath))
        {
            // NaN as the very last element: found only if everything was read.
            stream.Seek(-2, SeekOrigin.End);
            stream.Write([0xC0, 0x7F]);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var report = UploadInspection.Inspect(UploadKind.BaseModel, [file], cancellation: TestContext.Current.CancellationToken);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 << 20);
        report.Findings.ShouldContain(finding => finding.Subject == "a.weight" && finding.Found == $"1 of {Gibibyte / 2}");
    }

    [Fact]
    public void CancelledScan_EndsAtOnce()
    {
        var file = Sparse("model.safetensors", Header, Gibibyte);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => UploadInspection.Inspect(UploadKind.BaseModel, [file], cancellation: cancelled.Token));
    }

    private UploadFile Sparse(string name, byte[] header, long length)
    {
        using var stream = File.Create(_folder[name]);
        stream.Write(BitConverter.GetBytes((ulong)header.Length));
        stream.Write(header);
        try
        {
            stream.SetLength(8 + header.Length + length);
        }
        catch (IOException)
        {
            Assert.Skip("this file system has no sparse files of that size");
        }

        return new UploadFile(name, _folder[name], stream.Length);
    }
}
