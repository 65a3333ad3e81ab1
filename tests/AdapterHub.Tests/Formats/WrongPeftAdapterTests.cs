using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using static AdapterHub.Tests.Formats.PeftAdapters;

namespace AdapterHub.Tests.Formats;

/// <summary>Adapter folders whose files are right each by itself but do not belong together, or that are no PEFT LoRA at all.</summary>
public sealed class WrongPeftAdapterTests : IDisposable
{
    private const string Q = "base_model.model.q.";
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EmptyFolder_SaysBothFilesAreMissing()
    {
        var message = Read().Message;
        message.ShouldContain("adapter_config.json");
        message.ShouldContain("adapter_model.safetensors");
        Should.Throw<AdapterFormatException>(() => PeftAdapterFolder.Read(_folder["absent"])).Findings.Count.ShouldBe(2);
    }

    [Fact]
    public void PickleAdapter_IsRefusedByName()
    {
        _folder.Write(PeftConfig.FileName, """{"peft_type":"LORA","target_modules":["q"]}""");
        _folder.Write("adapter_model.bin", [0x80, 2, 1]);
        Read().Message.ShouldContain("pickle");
    }

    [Fact]
    public void BothFilesBroken_AreReportedTogether()
    {
        _folder.Write(PeftConfig.FileName, """{"peft_type":"LORA","target_modules":["q"],"r":0}""");
        _folder.Write(PeftAdapterFolder.TensorFileName, [1, 2]);
        var message = Read().Message;
        message.ShouldContain("adapter_config.json: the rank must be at least 1");
        message.ShouldContain("adapter_model.safetensors: the file is too short");
    }

    [Fact]
    public void FactorsWithoutPartnersAndForeignTensors_AreReportedTogether()
    {
        WriteFolder(
            _folder,
            """{"peft_type":"LORA","r":2,"target_modules":["q","k"]}""",
            (Q + "lora_A.weight", Tensor(2, 3)),
            ("base_model.model.k.lora_B.weight", Tensor(3, 2)),
            (Q + "lora_diag", Tensor(2)),
            (Q + "lora_A.default.weight", Tensor(2, 3)),
            ("model.q.lora_A.weight", Tensor(2, 3)),
            ("prompt_embeddings", Tensor(2, 3)));
        var findings = Read().Findings;
        findings.Select(finding => finding.Tensor).Order(StringComparer.Ordinal).ShouldBe(
            ["base_model.model.q.lora_A.default.weight", "base_model.model.q.lora_diag", "k", "model.q.lora_A.weight", "prompt_embeddings", "q"]);
        findings.Single(finding => finding.Tensor == "q").Expected.ShouldBe("base_model.model.q.lora_B.weight");
    }

    [Theory]
    [InlineData("\"r\":3", "the config gives it another rank (r, rank_pattern) (expected r = 3, found 2)")]
    [InlineData("\"r\":2,\"rank_pattern\":{\"q\":1}", "another rank")]
    [InlineData("\"r\":2,\"exclude_modules\":[\"q\"]", "does not target this module")]
    [InlineData("\"r\":2,\"modules_to_save\":[\"q\"]", "does not target this module")]
    [InlineData("\"r\":2,\"modules_to_save\":[\"score\"]", "the file holds none of the modules it names")]
    [InlineData("\"r\":2,\"use_dora\":true", "use_dora is on, but the module has no magnitude")]
    [InlineData("\"r\":2,\"lora_bias\":true", "lora_bias is on, but B has no bias")]
    [InlineData("\"r\":2,\"use_qalora\":true", "use_qalora: this variant of LoRA is not supported")]
    [InlineData("\"r\":2,\"use_bdlora\":{}", "use_bdlora: this variant")]
    [InlineData("\"r\":2,\"kasa_config\":{}", "kasa_config: this variant")]
    [InlineData("\"r\":2,\"monteclora_config\":{}", "monteclora_config: this variant")]
    [InlineData("\"r\":2,\"arrow_config\":{}", "arrow_config: this variant")]
    [InlineData("\"r\":2,\"target_parameters\":[\"w\"]", "target_parameters: this variant")]
    public void ConfigThatTellsAnotherStory_IsRefused(string settings, string problem)
    {
        WriteFolder(_folder, $"{{\"peft_type\":\"LORA\",\"target_modules\":[\"q\"],{settings}}}", (Q + "lora_A.weight", Tensor(2, 3)), (Q + "lora_B.weight", Tensor(3, 2)));
        Read().Message.ShouldContain(problem);
    }

    [Fact]
    public void UntargetedModule_IsRefused()
    {
        WriteFolder(_folder, """{"peft_type":"LORA","r":2,"target_modules":["k"]}""", (Q + "lora_A.weight", Tensor(2, 3)), (Q + "lora_B.weight", Tensor(3, 2)));
        Read().Message.ShouldContain("q: the config does not target this module");
    }

    [Theory]
    [InlineData("all-linear")]
    [InlineData(".*q|q")]
    public void TargetsThatPathsAgreeWith_AreAccepted(string target)
    {
        WriteFolder(_folder, $"{{\"peft_type\":\"LORA\",\"r\":2,\"target_modules\":\"{target}\"}}", (Q + "lora_A.weight", Tensor(2, 3)), (Q + "lora_B.weight", Tensor(3, 2)));
        PeftAdapterFolder.Read(_folder.Path).Modules.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, "A and B have different ranks")]
    [InlineData(new long[] { 2, 3, 1 }, new long[] { 3, 2, 1 }, "factors of 2 dimensions")]
    [InlineData(new long[] { 2, 3, 1, 1 }, new long[] { 3, 2 }, "factors of 4 dimensions")]
    [InlineData(new long[] { 2, 3, 1, 1 }, new long[] { 3, 2, 2, 1 }, "kernel of 1 x 1")]
    [InlineData(new long[] { 6 }, new long[] { 3, 2 }, "factors of 2 dimensions")]
    [InlineData(new long[] { }, new long[] { }, "factors of 2 dimensions")]
    [InlineData(new long[] { 2, 0 }, new long[] { 3, 2 }, "its A is empty")]
    [InlineData(new long[] { 0, 3 }, new long[] { 3, 0 }, "its A is empty")]
    public void ShapesThatAreNoLora_AreRefused(long[] a, long[] b, string problem)
    {
        WriteFolder(_folder, """{"peft_type":"LORA","r":2,"target_modules":["q"]}""", (Q + "lora_A.weight", Tensor(a)), (Q + "lora_B.weight", Tensor(b)));
        Read().Message.ShouldContain(problem);
    }

    [Fact]
    public void PartsThatDoNotFit_AreReportedTogether()
    {
        WriteFolder(
            _folder,
            """{"peft_type":"LORA","r":2,"target_modules":["q"]}""",
            (Q + "lora_A.weight", Tensor(2, 3)), (Q + "lora_B.weight", Tensor(3, 2)), (Q + "lora_B.bias", Tensor(4)), (Q + "lora_magnitude_vector", Tensor(5)),
            (Q + "weight", Tensor(3, 3)), ("base_model.model.norm.bias", Tensor(3)));
        var problems = Read().Findings.Select(finding => finding.ToString()).ToArray();
        problems.ShouldBe(
        [
            "q: the bias of B has one value an output (expected [3], found [4])",
            "q: DoRA's magnitude has one value an output (expected 3 values, found [5])",
            "q: the module has a DoRA magnitude, but use_dora is off",
            "q: B has a bias, but lora_bias is off",
            "norm.bias: nothing in the config accounts for this tensor (expected a LoRA parameter, or a tensor of modules_to_save, a bias, an embedding)",
            "q.weight: nothing in the config accounts for this tensor (expected a LoRA parameter, or a tensor of modules_to_save, a bias, an embedding)",
        ]);
    }

    [Fact]
    public void AmbiguousModule_IsRefused()
    {
        WriteFolder(
            _folder,
            """{"peft_type":"LORA","r":2,"target_modules":["q"],"use_dora":true}""",
            (Q + "lora_A.weight", Tensor(2, 3)), (Q + "lora_embedding_A", Tensor(2, 3)), (Q + "lora_embedding_B", Tensor(3, 2)),
            (Q + "lora_magnitude_vector", Tensor(3)), (Q + "lora_magnitude_vector.weight", Tensor(3)));
        var message = Read().Message;
        message.ShouldContain("the factors of an embedding and those of a linear layer");
        message.ShouldContain("DoRA magnitude twice");
    }

    [Fact]
    public void FileWithoutLora_IsRefused()
    {
        WriteFolder(_folder, """{"peft_type":"LORA","target_modules":["q"]}""");
        Read().Message.ShouldContain("no LoRA tensors");
    }

    [Fact]
    public void IntegerFactors_AreRefused()
    {
        var integers = Tensor(2, 3) with { Dtype = AdapterHub.Formats.Safetensors.SafetensorsDtype.I32 };
        WriteFolder(_folder, """{"peft_type":"LORA","r":2,"target_modules":["q"]}""", (Q + "lora_A.weight", integers), (Q + "lora_B.weight", Tensor(3, 2)));
        Read().Message.ShouldContain("expected F32, F16, BF16 or F64, found I32");
    }

    /// <summary>A tensor file of 3 GiB without a byte on the disk: holes read as zeros.</summary>
    [Fact]
    public void TensorLargerThanMemoryHolds_IsRefusedUnread()
    {
        const long Rows = 3L << 28;
        _folder.Write(PeftConfig.FileName, """{"peft_type":"LORA","r":1,"target_modules":["q"]}""");
        var header = $"{{\"{Q}lora_A.weight\":{{\"dtype\":\"F32\",\"shape\":[1,{Rows}],\"data_offsets\":[0,{Rows * 4}]}}}}";
        var start = SafetensorsBytes.Build(header, 0);
        using (var file = new FileStream(_folder[PeftAdapterFolder.TensorFileName], FileMode.CreateNew))
        {
            file.Write(start);
            file.SetLength(start.Length + (Rows * 4));
        }

        Read().Message.ShouldContain("larger than an adapter's may be");
    }

    /// <summary>Names and shapes that are legal safetensors but odd PEFT: an answer or an AdapterFormatException, nothing else.</summary>
    [Fact]
    public void RandomTensors_GiveAnAdapterOrAFormatException()
    {
        string[] parts = ["base_model.model.", "q", ".lora_A", ".lora_B", ".weight", ".bias", ".lora_embedding_A", ".lora_embedding_B", ".lora_magnitude_vector", "score", "."];
        long[] sizes = [0, 1, 2, 3];
        var random = new Random(20260821);
        var refused = 0;
        for (var i = 0; i < 500; i++)
        {
            var tensors = new Dictionary<string, AdapterTensor>(StringComparer.Ordinal)
            {
                [Q + "lora_A.weight"] = Tensor(2, 3),
                [Q + "lora_B.weight"] = Tensor(3, 2),
            };
            for (var extra = random.Next(0, 3); extra > 0; extra--)
            {
                var name = random.Next(4) == 0 ? tensors.Keys.First() : "base_model.model." + string.Concat(random.GetItems(parts, random.Next(1, 4)));
                tensors[name] = Tensor(random.GetItems(sizes, random.Next(0, 5)));
            }

            WriteFolder(_folder, """{"peft_type":"LORA","r":2,"target_modules":["q"],"modules_to_save":["score"],"bias":"all"}""", [.. tensors.Select(tensor => (tensor.Key, tensor.Value))]);
            refused += Record.Exception(() => PeftAdapterFolder.Read(_folder.Path)) switch
            {
                null => 0,
                AdapterFormatException => 1,
                var other => throw new InvalidOperationException($"input {i}: {string.Join(", ", tensors.Keys)}", other),
            };
        }

        refused.ShouldBeInRange(50, 499);
    }

    private AdapterFormatException Read() => Should.Throw<AdapterFormatException>(() => PeftAdapterFolder.Read(_folder.Path));
}
