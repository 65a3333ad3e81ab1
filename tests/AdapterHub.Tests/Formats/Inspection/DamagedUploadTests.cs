using System.IO.Compression;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Anatomy;
using AdapterHub.Formats.Inspection.Datasets;
using AdapterHub.Formats.Inspection.Uploads;
using AdapterHub.Formats.Safetensors;
using FsCheck.Fluent;

namespace AdapterHub.Tests.Formats.Inspection;

/// <summary>Whatever bytes arrive, a look at them ends in findings and never in an exception.</summary>
public sealed class DamagedUploadTests : IDisposable
{
    private static readonly byte[][] Originals =
    [
        File.ReadAllBytes(Path.Combine(InspectionFiles.Golden, "adapters", "plain", "adapter_config.json")),
        File.ReadAllBytes(Path.Combine(InspectionFiles.Golden, "adapters", "plain", "adapter_model.safetensors")),
        File.ReadAllBytes(Path.Combine(InspectionFiles.Golden, "models", "llama-shards", "model.safetensors.index.json")),
        File.ReadAllBytes(Path.Combine(InspectionFiles.Seed, "models", "inkwell", "config.json")),
        File.ReadAllBytes(Path.Combine(InspectionFiles.Seed, "datasets", "devils-dictionary", "test.jsonl"))[..3000],
        "a,b\n1,\"2\n3\"\n4,5\n"u8.ToArray(),
        "cos\nsystem\n(S'ls'\ntR."u8.ToArray(),
        Zip(),
    ];

    private static readonly string[] Names =
    [
        "adapter_config.json", "adapter_model.safetensors", "model.safetensors.index.json", "config.json", "tokenizer.json", "model.safetensors",
        "model-00001-of-00002.safetensors", "a.jsonl", "a.csv", "a.txt", "a.parquet", "README.md",
    ];

    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DamagedFiles_EndInFindings()
    {
        var damage = from kind in Gen.Choose(0, 4) from at in Gen.Choose(0, 100_000) from value in Gen.Choose(0, 255) select (Kind: kind, At: at, Value: (byte)value);
        var files = from original in Gen.Choose(0, Originals.Length - 1) from name in Gen.Elements(Names) from damages in damage.ArrayOf() select (Original: original, Name: name, Damages: damages);
        var uploads = from kind in Gen.Elements(Enum.GetValues<UploadKind>()) from drawn in files.ArrayOf() select (Kind: kind, Files: drawn.DistinctBy(file => file.Name).ToList());
        RandomFormats.Check(uploads, upload =>
        {
            var local = upload.Files.Select((file, i) => Stored(i, file.Name, file.Damages.Aggregate(Originals[file.Original], Damage))).ToList();
            var report = UploadInspection.Inspect(upload.Kind, local, new UploadOptions { Base = new BaseModelChoice("inkwell", InspectionFiles.Inkwell) });
            report.Findings.ShouldAllBe(finding => finding.Advice.Length > 0 && !finding.ToString().Any(char.IsControl));
            foreach (var file in local)
                DatasetPreview.Read(file.LocalPath, file.Path);
        }, cases: 400);
    }

    [Fact]
    public void UndamagedMixtures_AreJudgedTheSameTwice()
    {
        var local = Names.Select((name, i) => Stored(i, name, Originals[i % Originals.Length])).ToList();
        foreach (var kind in Enum.GetValues<UploadKind>())
            UploadInspection.Inspect(kind, local).Findings.ShouldBe(UploadInspection.Inspect(kind, local).Findings);
    }

    [Fact]
    public void ZipWithinTheLastTensor_IsFound()
    {
        var zip = Zip();
        SafetensorsWriter.Write(_folder["x"], null, [SafetensorsSource.FromBytes("z", SafetensorsDtype.U8, [zip.Length], zip)]);
        var file = new UploadFile("model.safetensors", _folder["x"], new FileInfo(_folder["x"]).Length);
        UploadInspection.Inspect(UploadKind.BaseModel, [file]).Findings.ShouldContain(finding => finding.File == file.Path && finding.Problem.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public void DamagedJson_IsRefusedByItsReader()
    {
        var kept = AdapterAnatomy.FromJson("""{"parameters":3,"share":0.5,"modules":[{"path":"a.0.b","rank":2,"norm":1.5,"erank":1.2,"sigma":[1.4,0.5]}]}""");
        var texts = new[] { kept.ToJson(), InspectionFiles.Inkwell.ToJson() };
        RandomFormats.Check(from text in Gen.Elements(texts) from at in Gen.Choose(0, 400) from c in Gen.Elements('"', '{', '1', '-', 'x', ']') select (text, at, c), damaged =>
        {
            var text = damaged.text.Remove(damaged.at % damaged.text.Length, 1).Insert(damaged.at % damaged.text.Length, $"{damaged.c}");
            foreach (var read in new Action[] { () => AdapterAnatomy.FromJson(text), () => BaseTensorMap.FromJson(text) })
            {
                try
                {
                    read();
                }
                catch (System.Text.Json.JsonException)
                {
                    // The one way to say so.
                }
            }
        }, cases: 1000);
    }

    private static byte[] Damage(byte[] bytes, (int Kind, int At, byte Value) damage)
    {
        if (bytes.Length == 0)
            return [damage.Value];
        var at = damage.At % bytes.Length;
        return damage.Kind switch
        {
            0 => bytes[..at],
            1 => [.. bytes[..at], .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], damage.Value, .. bytes[at..]],
            3 => [.. bytes, .. bytes[at..]],
            _ => [.. bytes[..at], damage.Value, .. bytes[(at + 1)..]],
        };
    }

    private static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            archive.CreateEntry("a").Open().Dispose();
        return bytes.ToArray();
    }

    private UploadFile Stored(int index, string name, byte[] bytes) => new(name, _folder.Write($"{index}", bytes), bytes.Length);
}
