using System.Collections.Immutable;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using AdapterHub.Formats.Safetensors;
using FsCheck.Fluent;
using static AdapterHub.Tests.Formats.PeftAdapters;

namespace AdapterHub.Tests.Formats;

public sealed class PeftAdapterFolderTests : IDisposable
{
    private const string Layer = "base_model.model.model.layers.0.";
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly TemporaryFolder _copy = new();

    public void Dispose()
    {
        _folder.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public void LoraWithPatterns_IsRead()
    {
        WriteFolder(
            _folder,
            PeftConfigTests.Saved,
            (Layer + "v_proj.lora_A.weight", Tensor(4, 6)), (Layer + "v_proj.lora_B.weight", Tensor(3, 4)),
            (Layer + "k_proj.lora_A.weight", Tensor(2, 6)), (Layer + "k_proj.lora_B.weight", Tensor(3, 2)));

        var adapter = PeftAdapterFolder.Read(_folder.Path);

        adapter.Modules.Select(module => (module.Path, module.Kind, module.Rank, module.Alpha, module.Scale)).ShouldBe(
        [
            ("model.layers.0.k_proj", LoraModuleKind.Linear, 2, 32.5, 16.25),
            ("model.layers.0.v_proj", LoraModuleKind.Linear, 4, 16, 4),
        ]);
        adapter.Modules[1].A.ShouldBe(Tensor(4, 6));
        adapter.Modules[1].B.ShouldBe(Tensor(3, 4));
        adapter.SavedModules.ShouldBeEmpty();
        WritesTheSameBytes(adapter);
    }

    [Fact]
    public void EveryKindOfTensor_IsReadAndWrittenAsItWas()
    {
        const string Config = """
            {"peft_type":"LORA","r":2,"lora_alpha":4,"use_rslora":true,"use_dora":true,"bias":"all","fan_in_fan_out":true,"trainable_token_indices":[3],
             "target_modules":["c_attn","wte","conv"],"modules_to_save":["score"]}
            """;
        WriteFolder(
            _folder,
            Config,
            ("base_model.model.h.0.c_attn.lora_A.weight", Tensor(2, 6)), ("base_model.model.h.0.c_attn.lora_B.weight", Tensor(3, 2)),
            ("base_model.model.h.0.c_attn.lora_magnitude_vector.weight", Tensor(3)),
            ("base_model.model.h.1.c_attn.lora_A.weight", Tensor(2, 6)), ("base_model.model.h.1.c_attn.lora_B.weight", Tensor(3, 2)),
            ("base_model.model.h.1.c_attn.lora_magnitude_vector", Tensor(3)),
            ("base_model.model.wte.lora_embedding_A", Tensor(2, 11)), ("base_model.model.wte.lora_embedding_B", Tensor(6, 2)),
            ("base_model.model.wte.lora_magnitude_vector", Tensor(6)),
            ("base_model.model.wte.base_layer.weight", Tensor(11, 6)),
            ("base_model.model.wte.token_adapter.trainable_tokens_delta", Tensor(1, 6)),
            ("base_model.model.conv.lora_A.weight", Tensor(2, 4, 3, 3)), ("base_model.model.conv.lora_B.weight", Tensor(5, 2, 1, 1)),
            ("base_model.model.conv.lora_magnitude_vector", Tensor(1, 5, 1, 1)),
            ("base_model.model.h.0.c_attn.base_layer.bias", Tensor(3)), ("base_model.model.ln_f.bias", Tensor(6)),
            ("base_model.model.score.lora_like.weight", Tensor(2, 6)));

        var adapter = PeftAdapterFolder.Read(_folder.Path);

        adapter.Modules.Select(module => (module.Path, module.Kind)).ShouldBe(
        [
            ("conv", LoraModuleKind.Conv2d), ("h.0.c_attn", LoraModuleKind.Linear), ("h.1.c_attn", LoraModuleKind.Linear), ("wte", LoraModuleKind.Embedding),
        ]);
        adapter.Modules.ShouldAllBe(module => module.UseRslora && module.FanInFanOut && module.Magnitude != null && module.Scale.Equals(4 / Math.Sqrt(2)));
        adapter.SavedModules.Keys.ShouldBe(
            ["h.0.c_attn.base_layer.bias", "ln_f.bias", "score.lora_like.weight", "wte.base_layer.weight", "wte.token_adapter.trainable_tokens_delta"]);
        WritesTheSameBytes(adapter);
    }

    [Fact]
    public void LoraBias_IsRead()
    {
        WriteFolder(
            _folder,
            """{"peft_type":"LORA","r":2,"target_modules":["q"],"lora_bias":true}""",
            ("base_model.model.q.lora_A.weight", Tensor(2, 6)), ("base_model.model.q.lora_B.weight", Tensor(3, 2)), ("base_model.model.q.lora_B.bias", Tensor(3)));
        var adapter = PeftAdapterFolder.Read(_folder.Path);
        adapter.Modules[0].BiasB.ShouldBe(Tensor(3));
        WritesTheSameBytes(adapter);
    }

    [Fact]
    public void FileWithoutMetadata_StaysWithout()
    {
        _folder.Write(PeftConfig.FileName, """{"peft_type":"LORA","r":1,"target_modules":["q"]}""");
        SafetensorsWriter.Write(_folder[PeftAdapterFolder.TensorFileName], null,
        [
            SafetensorsSource.FromTensor("base_model.model.q.lora_A.weight", Tensor(1, 2)), SafetensorsSource.FromTensor("base_model.model.q.lora_B.weight", Tensor(2, 1)),
        ]);
        WritesTheSameBytes(PeftAdapterFolder.Read(_folder.Path));
    }

    [Fact]
    public void AnyAdapter_SurvivesTheFolder()
    {
        var names = Gen.Elements("q_proj", "k_proj", "up_proj", "x+y");
        var modules =
            from count in Gen.Choose(1, 6)
            from drawn in Gen.ArrayOf(
                from layer in Gen.Choose(0, 11)
                from name in names
                from rank in Gen.Choose(1, 5)
                from alpha in Gen.Elements(1.0, 8, 16, 0.5, 1.0 / 3)
                from rslora in Gen.Elements(true, false)
                select Linear($"model.layers.{layer}.{name}", rank, alpha) with { UseRslora = rslora }, count)
            select drawn.DistinctBy(module => module.Path).ToArray();
        var round = 0;
        RandomFormats.Check(modules, drawn =>
        {
            var (config, described) = PeftConfigs.Describe(new PeftConfig { BaseModelNameOrPath = "base" }, drawn);
            var adapter = new LoraAdapter { Config = config, Modules = described };
            var path = _folder[$"{round++}"];
            PeftAdapterFolder.Write(path, adapter);
            var read = PeftAdapterFolder.Read(path);
            read.Modules.ShouldBe(described);
            read.Config.ShouldBe(config);
            // Describing never changes what the adapter does: 1e-12 covers alpha / sqrt(r) * r / r in doubles.
            foreach (var module in drawn)
                read.Modules.Single(other => other.Path == module.Path).Scale.ShouldBe(module.Scale, 1e-12);
        }, 100);
    }

    [Fact]
    public void FailedWrite_LeavesTheFolderAsItWas()
    {
        var adapter = Described(Linear("q", 2));
        PeftAdapterFolder.Write(_folder.Path, adapter);
        var before = _folder.Names.ToDictionary(name => name, name => Convert.ToHexString(File.ReadAllBytes(_folder[name])));
        // A folder where the config should go: the first rename would already have happened, were both files not ready before.
        var blocked = _copy["blocked"];
        Directory.CreateDirectory(Path.Combine(blocked, PeftAdapterFolder.TensorFileName));
        Record.Exception(() => PeftAdapterFolder.Write(blocked, adapter)).ShouldNotBeNull();
        Directory.EnumerateFileSystemEntries(blocked).Select(Path.GetFileName).ShouldBe([PeftAdapterFolder.TensorFileName]);

        var wrong = adapter with { Modules = [adapter.Modules[0] with { Rank = 3 }] };
        Should.Throw<AdapterFormatException>(() => PeftAdapterFolder.Write(_folder.Path, wrong));
        Should.Throw<AdapterFormatException>(() => PeftAdapterFolder.Write(_copy["new"], wrong));
        _copy.Names.ShouldBe(["blocked"]);
        _folder.Names.ToDictionary(name => name, name => Convert.ToHexString(File.ReadAllBytes(_folder[name]))).ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public void ModulesThatOccurTwice_AreNotWritten()
    {
        var adapter = Described(Linear("q", 2));
        Should.Throw<AdapterFormatException>(() => PeftAdapterFolder.Write(_folder.Path, adapter with { Modules = [adapter.Modules[0], adapter.Modules[0]] }))
            .Message.ShouldContain("twice");
        _folder.Names.ShouldBeEmpty();
    }

    [Fact]
    public void NonFiniteTensors_AreNamed()
    {
        var poisoned = Linear("q", 1, inputs: 3) with { A = AdapterTensor.FromSingles([1, float.NaN, float.PositiveInfinity], [1, 3], SafetensorsDtype.BF16) };
        var adapter = Described(poisoned, Linear("k", 1)) with
        {
            SavedModules = ImmutableDictionary<string, AdapterTensor>.Empty
                .Add("lm_head.weight", AdapterTensor.FromSingles([float.NegativeInfinity], [1]))
                .Add("ids.weight", new AdapterTensor(SafetensorsDtype.I64, [1], new byte[8])),
        };
        adapter.FindNonFinite().Select(finding => finding.ToString()).ShouldBe(
        [
            "q (A): holds NaN or infinite values (expected finite numbers, found 2 of 3)",
            "lm_head.weight: holds NaN or infinite values (expected finite numbers, found 1 of 1)",
        ]);
    }

    private static LoraAdapter Described(params LoraModule[] modules)
    {
        var (config, described) = PeftConfigs.Describe(new PeftConfig(), modules);
        return new LoraAdapter { Config = config, Modules = described };
    }

    private void WritesTheSameBytes(LoraAdapter adapter)
    {
        PeftAdapterFolder.Write(_copy.Path, adapter);
        _copy.Names.ShouldBe([PeftConfig.FileName, PeftAdapterFolder.TensorFileName]);
        foreach (var name in _copy.Names)
            File.ReadAllBytes(_copy[name]).ShouldBe(File.ReadAllBytes(_folder[name]), name);
    }
}
