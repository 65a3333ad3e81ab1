using AdapterHub.Engine.Blending;
using AdapterHub.Formats;
using AdapterHub.Formats.Peft;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Blending;

public sealed class BlendFolderTests : IDisposable
{
    private static readonly string[] Files = [PeftConfig.FileName, PeftAdapterFolder.TensorFileName, BlendRecipe.FileName];

    /// <summary>Every file is flushed to the disk, so cases are dear here.</summary>
    private const int FilesCount = 20;

    private readonly BlendTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PeftFiles_ReadBack_ChangeTheModelTheSame() => Samples.Check(Recipes(), recipe =>
    {
        using var folder = new BlendTestFolder();
        var done = Samples.Run(recipe);
        BlendFolder.Write(folder["mix"], done);

        var read = PeftAdapterFolder.Read(folder["mix"]);
        read.Modules.ShouldBe(done.Adapter.Modules);
        DenseDelta.Of((read, 1)).ShouldEqual(DenseDelta.Of((done.Adapter, 1)), 0);
        // What PEFT will apply, worked out from the config alone.
        var matcher = new TargetModuleMatcher(read.Config);
        read.Modules.ShouldAllBe(module => matcher.Matches(new ModuleCandidate(module.Path))
            && matcher.GetAlpha(module.Path) == matcher.GetRank(module.Path) && matcher.GetRank(module.Path) == module.A.Shape[0]);
        read.Config.UseRslora.ShouldBeFalse();
    }, FilesCount);

    [Fact]
    public void Rebuild_FromItsRecipe_GivesTheSameBytes() => Samples.Check(Recipes(), recipe =>
    {
        using var folder = new BlendTestFolder();
        var onDisk = recipe with { Parents = [.. recipe.Parents.Select((parent, index) => Store(folder[$"p{index}"], parent))] };
        BlendFolder.Write(folder["mix"], Samples.Run(onDisk));

        var again = BlendRecipeJson.Read(folder["mix"]);
        BlendFolder.Write(folder["again"], Samples.Run(again));
        foreach (var file in Files)
            File.ReadAllBytes(Path.Combine(folder["again"], file)).ShouldBe(File.ReadAllBytes(Path.Combine(folder["mix"], file)), file);
    }, FilesCount);

    [Fact]
    public void Rebuild_OfAParentThatChanged_IsRefusedByItsDigest()
    {
        var recipe = Samples.Recipe((Samples.Plain(1), 1), (Samples.Plain(2), 0.5));
        recipe = recipe with { Parents = [.. recipe.Parents.Select((parent, index) => Store(_folder[$"p{index}"], parent))] };
        BlendFolder.Write(_folder["mix"], Samples.Run(recipe));
        PeftAdapterFolder.Write(_folder["p1"], Samples.Plain(3));

        var again = BlendRecipeJson.Read(_folder["mix"]);
        var error = Should.Throw<AdapterFormatException>(() => Blend.Run(again));
        error.Path.ShouldBe(_folder["p1"]);
        error.Findings.ShouldHaveSingleItem().Tensor.ShouldBe(PeftAdapterFolder.TensorFileName);
    }

    [Fact]
    public void RecipeOfVersion1_KeepsItsBytes()
    {
        const string json = """
            {
              "version": 1,
              "method": "low_rank",
              "parents": [
                {
                  "name": "a",
                  "weight": 0.7,
                  "path": "somewhere/a",
                  "digests": {}
                }
              ],
              "rank": 4,
              "dtype": "F32",
              "saved_modules_from": null,
              "seed": 0,
              "result": null
            }

            """;
        BlendRecipeJson.Write(BlendRecipeJson.Parse(json)).ShouldBe(json);
        var recipe = Samples.Recipe((Samples.Plain(1), 1)) with { Version = 1 };
        Samples.Run(recipe).Recipe.Version.ShouldBe(1);
        Samples.Refusal(recipe with { Scale = 2 }).ShouldHaveSingleItem().Tensor.ShouldBe("version");
    }

    [Fact]
    public void Recipe_SaysEverySetting()
    {
        var recipe = new BlendRecipe
        {
            Method = BlendMethod.Ties,
            Density = 0.25,
            MajoritySign = MajoritySign.Frequency,
            Scale = 0.4,
            Rank = 8,
            Seed = 3,
            BaseModel = new BlendBaseModel { Name = "inkwell", Digest = "00" },
            Parents = [new BlendParent { Name = "a", Weight = 1, Modules = [new ModuleWeight(ModulePattern.Parse("layers.0-3.mlp"), -0.5)] }],
        };
        var again = BlendRecipeJson.Parse(BlendRecipeJson.Write(recipe));
        (again with { Parents = recipe.Parents }).ShouldBe(recipe);
        again.Parents[0].Modules.ShouldBe(recipe.Parents[0].Modules);
        Should.Throw<AdapterFormatException>(() => BlendRecipeJson.Parse(BlendRecipeJson.Write(recipe).Replace("layers.0-3.mlp", "layers..mlp"))).Findings.ShouldHaveSingleItem();
    }

    [Fact]
    public void Recipe_SaysWhatTheBlendIs()
    {
        var recipe = Samples.Recipe((Samples.Plain(1, rank: 8), 0.7), (Samples.Plain(2, rank: 8), -0.3)) with { Method = BlendMethod.LowRank, Rank = 4, Seed = 11 };
        recipe = recipe with { Parents = [.. recipe.Parents.Select((parent, index) => Store(_folder[$"p{index}"], parent))] };
        var done = Samples.Run(recipe);
        BlendFolder.Write(_folder["mix"], done);

        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(_folder["mix"], BlendRecipe.FileName)))!;
        json["version"]!.GetValue<int>().ShouldBe(2);
        json["method"]!.GetValue<string>().ShouldBe("low_rank");
        json["rank"]!.GetValue<int>().ShouldBe(4);
        json["seed"]!.GetValue<int>().ShouldBe(11);
        json["result"]!["exact"]!.GetValue<bool>().ShouldBeFalse();
        json["result"]!["relative_error"]!.GetValue<double>().ShouldBe(done.Report.RelativeError, 1e-5);
        json["parents"]![1]!["weight"]!.GetValue<double>().ShouldBe(-0.3);
        var digest = json["parents"]![0]!["digests"]![PeftAdapterFolder.TensorFileName]!.GetValue<string>();
        using var tensors = File.OpenRead(Path.Combine(_folder["p0"], PeftAdapterFolder.TensorFileName));
        digest.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(tensors)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"method":"exact","parents":[],"colour":"red"}""")]
    [InlineData("""{"version":1,"method":"exact","parents":[{"name":"a","weight":"x","path":null,"digests":{}}]}""")]
    [InlineData("""{"version":3,"method":"exact","parents":[]}""")]
    [InlineData("""{"version":1,"method":"magic","parents":[]}""")]
    public void Recipe_ThatIsNone_IsRefused(string json) => Should.Throw<AdapterFormatException>(() => BlendRecipeJson.Parse(json)).Findings.ShouldHaveSingleItem();

    [Fact]
    public void Parent_WithoutAFolder_IsNamed() =>
        Should.Throw<AdapterFormatException>(() => Blend.Run(new BlendRecipe { Parents = [new BlendParent { Name = "lost", Weight = 1 }] })).Message.ShouldStartWith("lost: ");

    [Fact]
    public void Write_ThatFails_LeavesNothing()
    {
        var done = Samples.Run((Samples.Plain(1), 1));
        // A config that no longer describes its modules is what the PEFT writer refuses last.
        var broken = done with { Adapter = done.Adapter.With(config => config with { Rank = 99 }) };
        Should.Throw<AdapterFormatException>(() => BlendFolder.Write(_folder["mix"], broken));
        Directory.Exists(_folder["mix"]).ShouldBeFalse();
    }

    private static BlendParent Store(string folder, BlendParent parent)
    {
        PeftAdapterFolder.Write(folder, parent.Adapter!);
        return BlendParent.FromFolder(folder, parent.Weight) with { Modules = parent.Modules };
    }

    /// <summary>Every method, some with weights by layer; slerp and PEFT's linear have their own needs of parents.</summary>
    private static Gen<BlendRecipe> Recipes() =>
        from parents in Samples.Parents(3)
        from method in Gen.Elements(Enum.GetValues<BlendMethod>().Except([BlendMethod.Slerp, BlendMethod.PeftLinear]).ToArray())
        from rank in Gen.Choose(0, 16)
        from pattern in Gen.Elements("layers.0", "q_proj", "none.such")
        select Samples.Recipe(parents) with
        {
            Method = method,
            Rank = method == BlendMethod.LowRank || (method.TakesRank() && rank > 0) ? Math.Max(1, rank) : null,
            Density = method.Prunes() ? 0.3 : null,
            MajoritySign = method.ElectsSigns() && rank % 2 == 0 ? MajoritySign.Frequency : MajoritySign.Total,
            Scale = rank % 3 == 0 ? 0.5 : 1,
            Seed = (ulong)rank,
            Parents = [.. Samples.Recipe(parents).Parents.Select((parent, place) => place > 0 ? parent : parent with { Modules = [new ModuleWeight(ModulePattern.Parse(pattern), 0.3)] })],
        };
}
