using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Search;
using AdapterHub.Catalog.Storage;
using AdapterHub.Tests.Architecture;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Tests.Catalog.Publishing;

/// <summary>What a revision of real files puts into the catalogue, and what is refused.</summary>
public sealed class PublishedFactsTests : IAsyncLifetime
{
    private const string Adapter = "adapters/king-james";
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Publisher Publisher => _catalog.Get<Publisher>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task SeedAdapter_ShowsWhatItsFilesSay()
    {
        await PublishSeedAsync("ada/inkwell", RepositoryKind.BaseModel, "models/inkwell");

        var view = await PublishSeedAsync("ada/king-james", RepositoryKind.Adapter, Adapter);

        view.Title.ShouldBe("king-james");
        view.Summary.ShouldStartWith("Writes like the King James Bible");
        (view.License, view.BaseModel, view.BaseRepository?.ToString()).ShouldBe(("cc0-1.0", "inkwell", "ada/inkwell"));
        (view.Method, view.Rank, view.Alpha, view.Parameters).ShouldBe(("LoRA", 8, 16.0, 337_920));
        view.Targets.ShouldBe("down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj");
        (view.Task, view.Library, view.Languages).ShouldBe(("text-generation", "peft", "en"));
        view.Tags.ShouldBe(["adapterhub", "lora"]);
        view.BaseParameters.ShouldBe(9_884_448);
        view.WeightsDigest.ShouldNotBeNull();
        view.Bytes.ShouldBe(Directory.EnumerateFiles(Seed(Adapter)).Sum(file => new FileInfo(file).Length));
        (await LineageAsync(view.Id)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            link => link.Relation.ShouldBe(LineageRelation.BaseModel), link => link.ParentId.ShouldNotBeNull(), link => link.ParentRevision!.Length.ShouldBe(40));
        var found = await _catalog.Get<SearchService>().SearchAsync(_ada, new SearchQuery { Text = "numbered verses" }, Cancel);
        found.Items.ShouldHaveSingleItem().FullName.ShouldBe("ada/king-james");
    }

    [Fact]
    public async Task BasePublishedAfterItsAdapters_IsTheirs()
    {
        var view = await PublishSeedAsync("ada/king-james", RepositoryKind.Adapter, Adapter);
        view.BaseRepository.ShouldBeNull();

        await PublishSeedAsync("ada/inkwell", RepositoryKind.BaseModel, "models/inkwell");

        (await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, view.Name, Cancel)).BaseRepository.ToString().ShouldBe("ada/inkwell");
        (await LineageAsync(view.Id)).ShouldHaveSingleItem().ParentId.ShouldNotBeNull();
    }

    [Fact]
    public async Task Blend_LeadsToItsParentsByTheirDigests()
    {
        var first = await PublishSeedAsync("ada/one", RepositoryKind.Adapter, Adapter);
        var second = await PublishSeedAsync("ada/two", RepositoryKind.Adapter, "adapters/state-of-the-union");
        var recipe = $$$"""
            {"version":1,"method":"exact","parents":[
              {"name":"king-james","weight":0.7,"path":null,"digests":{"adapter_model.safetensors":"{{{first.WeightsDigest}}}"}},
              {"name":"not here","weight":-0.5,"path":null,"digests":{"adapter_model.safetensors":"{{{new string('0', 64)}}}"}},
              {"name":"sotu","weight":0.3,"path":null,"digests":{"adapter_model.safetensors":"{{{second.WeightsDigest}}}"}}]}
            """;

        var blend = await PublishAsync("ada/blend", RepositoryKind.Adapter,
            [.. await FilesAsync("adapters/devils-dictionary"), await PutAsync("blend.json", recipe),
             await PutAsync("README.md", "---\nlicense: mit\nbase_model:\n- inkwell\n- other\ndatasets:\n- ada/text\n---\n# A blend\n")]);

        var links = await LineageAsync(blend.Id);
        links.Where(link => link.Relation == LineageRelation.BlendParent).Select(link => (link.ParentName, link.ParentId, link.Weight))
            .ShouldBe([("king-james", first.Id, 0.7), ("not here", null, -0.5), ("sotu", second.Id, 0.3)]);
        links.Where(link => link.Relation != LineageRelation.BlendParent).Select(link => (link.Relation, link.ParentName))
            .ShouldBe([(LineageRelation.BaseModel, "inkwell"), (LineageRelation.BaseModel, "other"), (LineageRelation.Dataset, "ada/text")]);
    }

    [Fact]
    public async Task NextCard_ReplacesTagsFactsAndLineage()
    {
        var view = await PublishSeedAsync("ada/king-james", RepositoryKind.Adapter, Adapter);

        await Publisher.CommitAsync(_ada, view.Name, new CommitRequest
        {
            Message = "another card",
            Files = [await PutAsync("README.md", "---\nlicense: mit\ntitle: The other\ntags:\n- new\n- NEW\n- lora\nbase_model: elsewhere/base\n---\n\n![badge](x.svg) Words of *it*.\n")],
        }, Cancel);

        var after = await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, view.Name, Cancel);
        (after.Title, after.Summary, after.License, after.BaseModel).ShouldBe(("The other", "Words of it.", "mit", "elsewhere/base"));
        after.Tags.ShouldBe(["lora", "new"]);
        (await LineageAsync(view.Id)).Select(link => link.ParentName).ShouldBe(["elsewhere/base"]);
    }

    [Fact]
    public async Task OtherBranches_LeaveTheFactsAlone()
    {
        var view = await PublishSeedAsync("ada/king-james", RepositoryKind.Adapter, Adapter);
        await _catalog.Get<RevisionReader>().CreateReferenceAsync(_ada, view.Name, ReferenceKind.Branch, "dev", null, Cancel);

        await Publisher.CommitAsync(_ada, view.Name, new CommitRequest { Branch = "dev", Message = "x", Files = [await PutAsync("README.md", "---\nlicense: mit\ntitle: Dev\n---\n")] }, Cancel);

        (await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, view.Name, Cancel)).Title.ShouldBe("king-james");
    }

    [Fact]
    public async Task PublicWithoutLicence_IsRefused_PrivateIsWarned()
    {
        var files = new[] { await PutAsync("train.jsonl", "{\"text\":\"a\"}\n") };

        var refused = await Should.ThrowAsync<CatalogException>(() => PublishAsync("ada/open", RepositoryKind.Dataset, files));
        refused.Details.ShouldHaveSingleItem().ShouldContain("licence");
        var published = await Publisher.CreateAsync(_ada, new NewRepository(RepositoryName.Parse("ada/shut"), RepositoryKind.Dataset, RepositoryVisibility.Private),
            new CommitRequest { Message = "x", Files = files }, Cancel);
        published.Warnings.ShouldContain(warning => warning.Contains("licence"));
        (await _catalog.Get<RepositoryCatalog>().FindAsync(_ada, RepositoryName.Parse("ada/open"), Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task PickleAndDamagedTensors_AreRefusedBothAtOnce()
    {
        var files = (await FilesAsync(Adapter)).Where(file => file.Path != "adapter_model.safetensors").ToList();
        files.Add(await PutAsync("adapter_model.safetensors", new string('x', 5000)));
        files.Add(await PutAsync("adapter_model.bin", "\u0080\u0002}q\0."));

        var refused = await Should.ThrowAsync<CatalogException>(() => PublishAsync("ada/bad", RepositoryKind.Adapter, files));

        refused.Details.ShouldContain(line => line.Contains("adapter_model.bin"));
        refused.Details.ShouldContain(line => line.Contains("adapter_model.safetensors"));
    }

    [Fact]
    public async Task AdapterOfAnotherBase_IsRefusedWithTheOneThatFits()
    {
        await PublishSeedAsync("ada/inkwell", RepositoryKind.BaseModel, "models/inkwell");
        var tiny = await PublishAsync("ada/tiny", RepositoryKind.BaseModel, await TinyModelAsync());
        var card = await PutAsync("README.md", $"---\nlicense: mit\nbase_model: {tiny.Name}\n---\n");
        var files = (await FilesAsync(Adapter)).Where(file => file.Path != "README.md").Append(card).ToList();

        var refused = await Should.ThrowAsync<CatalogException>(() => PublishAsync("ada/wrong", RepositoryKind.Adapter, files));

        refused.Details.ShouldContain(line => line.Contains("ada/tiny") && line.Contains("It fits ada/inkwell"));
    }

    [Fact]
    public async Task BaseThatOnlySharesItsLastName_IsNotTakenForTheDeclaredOne()
    {
        await PublishAsync("ada/inkwell", RepositoryKind.BaseModel, await TinyModelAsync());
        var card = await PutAsync("README.md", "---\nlicense: mit\nbase_model: somebody/inkwell\n---\n");

        var view = await PublishAsync("ada/kj", RepositoryKind.Adapter, [.. (await FilesAsync(Adapter)).Where(file => file.Path != "README.md"), card]);

        (view.BaseModel, view.BaseRepository).ShouldBe(("somebody/inkwell", null));
    }

    [Fact]
    public async Task BaseThatThePublisherCannotRead_IsNotLookedAt()
    {
        var eve = await _catalog.AddUserAsync("eve");
        await Publisher.CreateAsync(_ada, new NewRepository(RepositoryName.Parse("ada/inkwell"), RepositoryKind.BaseModel, RepositoryVisibility.Private),
            new CommitRequest { Message = "x", Files = await FilesAsync("models/inkwell") }, Cancel);
        var name = RepositoryName.Parse("eve/kj");
        var files = await FilesAsync(Adapter, eve);

        await Publisher.CreateAsync(eve, new NewRepository(name, RepositoryKind.Adapter, RepositoryVisibility.Public), new CommitRequest { Message = "x", Files = files }, Cancel);

        await using var context = await _catalog.Contexts.CreateDbContextAsync(Cancel);
        (await context.Repositories.SingleAsync(row => row.Name == "kj", Cancel)).BaseRepositoryId.ShouldBeNull();
    }

    private static string Seed(string folder) => Path.Combine(RepositoryTree.Root, "data/seed", folder);

    /// <summary>A model of one linear layer, to which nothing else fits.</summary>
    private async Task<IReadOnlyList<FileChange>> TinyModelAsync()
    {
        const string header = "{\"model.layers.0.self_attn.q_proj.weight\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}";
        var tensors = BitConverter.GetBytes((long)header.Length).Concat(Encoding.UTF8.GetBytes(header)).Concat(new byte[16]).ToArray();
        return [await PutAsync("config.json", "{\"model_type\":\"llama\",\"architectures\":[\"LlamaForCausalLM\"]}"), await PutAsync("tokenizer.json", "{}"),
            await PutAsync("model.safetensors", tensors, _ada), await PutAsync("README.md", "---\nlicense: mit\n---\n")];
    }

    private async Task<RepositoryView> PublishSeedAsync(string name, RepositoryKind kind, string folder) => await PublishAsync(name, kind, await FilesAsync(folder));

    private async Task<RepositoryView> PublishAsync(string name, RepositoryKind kind, IReadOnlyList<FileChange> files)
    {
        var last = files.GroupBy(file => file.Path).Select(group => group.Last()).ToList();
        await Publisher.CreateAsync(_ada, new NewRepository(RepositoryName.Parse(name), kind, RepositoryVisibility.Public), new CommitRequest { Message = "x", Files = last }, Cancel);
        return await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, RepositoryName.Parse(name), Cancel);
    }

    private async Task<IReadOnlyList<FileChange>> FilesAsync(string folder, Actor? actor = null)
    {
        var files = new List<FileChange>();
        foreach (var file in Directory.EnumerateFiles(Seed(folder)))
            files.Add(await PutAsync(Path.GetFileName(file), await File.ReadAllBytesAsync(file, Cancel), actor ?? _ada));
        return files;
    }

    private Task<FileChange> PutAsync(string path, string text) => PutAsync(path, Encoding.UTF8.GetBytes(text), _ada);

    private async Task<FileChange> PutAsync(string path, byte[] bytes, Actor actor) =>
        FileChange.Put(path, (await _catalog.Get<BlobStore>().ReceiveAsync(actor, new MemoryStream(bytes), null, Cancel)).Digest);

    private async Task<List<LineageLink>> LineageAsync(long id)
    {
        await using var context = await _catalog.Contexts.CreateDbContextAsync(Cancel);
        return await context.Lineage.Where(link => link.ChildId == id).OrderBy(link => link.Id).ToListAsync(Cancel);
    }
}
