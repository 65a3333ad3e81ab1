using AdapterHub.Worker;

namespace AdapterHub.Integration.Tests.Worker;

public sealed class BaseModelsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("bases-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Name_IsFoundInTheSeedAndInModels()
    {
        var seed = Add("data/seed/models/inkwell");
        var own = Add("models/mine");

        var bases = new BaseModels([_root]);
        bases.Resolve("inkwell").ShouldBe(seed);
        bases.Resolve("mine").ShouldBe(own);
        bases.List().Select(model => model.Name).ShouldBe(["inkwell", "mine"]);
    }

    [Fact]
    public void FirstRoot_WinsOverTheNext()
    {
        var first = Add("a/models/inkwell");
        Add("b/models/inkwell");

        new BaseModels([Path.Combine(_root, "a"), Path.Combine(_root, "b")]).Resolve("inkwell").ShouldBe(first);
    }

    [Fact]
    public void Path_IsTakenAsItIs()
    {
        var elsewhere = Add("elsewhere/model");

        new BaseModels([_root]).Resolve(elsewhere).ShouldBe(elsewhere);
    }

    [Fact]
    public void FolderWithoutAConfig_IsNoModel()
    {
        Directory.CreateDirectory(Path.Combine(_root, "models", "empty"));

        var bases = new BaseModels([_root]);
        bases.List().ShouldBeEmpty();
        Should.Throw<RunInputException>(() => bases.Resolve("empty")).Message.ShouldContain("None is known here");
        Should.Throw<RunInputException>(() => bases.Resolve(Path.Combine(_root, "models", "empty"))).Message.ShouldContain("config.json is missing");
    }

    private string Add(string path)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, path)).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), "{}");
        return folder;
    }
}
