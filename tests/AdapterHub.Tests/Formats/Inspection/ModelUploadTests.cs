using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Uploads;

namespace AdapterHub.Tests.Formats.Inspection;

public sealed class ModelUploadTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly List<UploadFile> _inkwell = InspectionFiles.Folder(Path.Combine(InspectionFiles.Seed, "models", "inkwell"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inkwell_HasNothingToMend()
    {
        var report = Inspect(_inkwell);
        report.Findings.ShouldBeEmpty();
        report.Base!.ToJson().ShouldBe(InspectionFiles.Inkwell.ToJson());
    }

    [Fact]
    public void BlobsUnderOtherNames_AreAsGood()
    {
        var blobs = _inkwell.ConvertAll(file =>
        {
            var blob = _folder[Guid.NewGuid().ToString("N")];
            File.CreateSymbolicLink(blob, file.LocalPath);
            return file with { LocalPath = blob, Length = new FileInfo(file.LocalPath).Length };
        });
        var report = Inspect(blobs.ConvertAll(file => file with { Length = new FileInfo(file.LocalPath).Length }));
        report.Base!.ToJson().ShouldBe(InspectionFiles.Inkwell.ToJson());
    }

    [Theory]
    [InlineData("config.json", "config.json is missing")]
    [InlineData("tokenizer.json", "tokenizer.json is missing")]
    [InlineData("model.safetensors.index.json", "the weights are missing")]
    [InlineData("model-00002-of-00002.safetensors", "a shard that the index names is missing")]
    public void MissingPart_IsNamed(string part, string problem) =>
        Inspect(_inkwell.Where(file => file.Path != part)).Findings.ShouldContain(finding => finding.Severity == FindingSeverity.Refused && finding.Problem == problem);

    [Fact]
    public void ShardThatTheIndexDoesNotDescribe_IsRefused()
    {
        var swapped = _inkwell.ConvertAll(file => file.Path.EndsWith("00002.safetensors", StringComparison.Ordinal) ? InspectionFiles.File(_folder, file.Path, SafetensorsBytes.Small) : file);
        Inspect(swapped).Findings.ShouldContain(finding => finding.Problem.Contains("does not hold it", StringComparison.Ordinal) && finding.File == "model.safetensors.index.json");
    }

    [Fact]
    public void EverythingBroken_IsSaidAtOnce()
    {
        UploadFile[] files =
        [
            InspectionFiles.File(_folder, "config.json", "{"),
            InspectionFiles.File(_folder, "tokenizer.json", "[]"),
            InspectionFiles.File(_folder, "model.safetensors", [.. SafetensorsBytes.Small, 1]),
            InspectionFiles.File(_folder, "extra.safetensors", SafetensorsBytes.Small),
            InspectionFiles.File(_folder, "pytorch_model.bin", "x"),
        ];
        Inspect(files).Findings.Where(finding => finding.Severity == FindingSeverity.Refused).Select(finding => finding.File)
            .ShouldBe(["config.json", "tokenizer.json", "model.safetensors", "pytorch_model.bin"], ignoreOrder: true);
    }

    [Fact]
    public void PickledOrQuantisedWeightsAlone_GetTheirOwnAdvice()
    {
        var rest = _inkwell.Where(file => !file.Path.StartsWith("model", StringComparison.Ordinal)).ToList();
        Advice("pytorch_model.bin", "x").ShouldContain("safe_serialization");
        Advice("model.gguf", "GGUF1234").ShouldContain("GGUF");

        string Advice(string name, string bytes) =>
            Inspect([.. rest, InspectionFiles.File(_folder, name, bytes)]).Findings.Single(finding => finding.Problem == "the weights are missing").Advice;
    }

    [Fact]
    public void CodeOfItsOwnAndNoModelType_AreWarnedOf()
    {
        var files = _inkwell.ConvertAll(file => file.Path == "config.json" ? InspectionFiles.File(_folder, "config.json", """{"auto_map":{"AutoModel":"modeling.Mine"}}""") : file);
        Inspect(files).Findings.Select(finding => (finding.Severity, finding.Subject)).ShouldBe([(FindingSeverity.Warning, "model_type"), (FindingSeverity.Warning, "auto_map")]);
    }

    private static UploadReport Inspect(IEnumerable<UploadFile> files) => UploadInspection.Inspect(UploadKind.BaseModel, [.. files]);
}
