using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Formats.Inspection;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class DraftReportTests : IAsyncLifetime
{
    private static readonly RepositoryName Name = RepositoryName.Parse("ada/my-adapter");
    private TemporaryCatalog _catalog = null!;
    private Actor _ada = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private DraftDesk Desk => _catalog.Get<DraftDesk>();

    public async ValueTask InitializeAsync()
    {
        _catalog = await TemporaryCatalog.CreateAsync();
        _ada = await _catalog.AddUserAsync("ada");
    }

    public ValueTask DisposeAsync() => _catalog.DisposeAsync();

    [Fact]
    public async Task AdapterWithoutACard_HasOneDraftedFromItsFiles()
    {
        await _catalog.PublishSeedAsync(_ada, "ada/inkwell", RepositoryKind.BaseModel, SeedFiles.BaseModel);
        var draft = await DraftAsync(RepositoryVisibility.Private, "adapter_config.json", "adapter_model.safetensors");

        var report = await Desk.GetReportAsync(_ada, draft.Id, Cancel);

        (report.IsChecked, report.IsCardDrafted, report.CanPublish, report.LooksLike).ShouldBe((true, true, true, RepositoryKind.Adapter));
        report.Card.ShouldContain("# my-adapter");
        report.Card.ShouldContain("base_model: ada/inkwell");
        report.Card.ShouldContain("337,920 of 9,884,448");
        report.Report!.Files.Coverage!.Verdict.ShouldBe(CoverageVerdict.All);
        await Desk.PublishAsync(_ada, draft.Id, null, Cancel);
        var view = await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, Name, Cancel);
        (view.BaseRepository.ToString(), view.Title).ShouldBe(("ada/inkwell", "my-adapter"));
    }

    [Fact]
    public async Task PublicDraft_WantsALicenceFirst()
    {
        var draft = await DraftAsync(RepositoryVisibility.Public, "adapter_config.json", "adapter_model.safetensors");
        var report = await Desk.GetReportAsync(_ada, draft.Id, Cancel);
        report.CanPublish.ShouldBeFalse();
        (await Should.ThrowAsync<CatalogException>(() => Desk.PublishAsync(_ada, draft.Id, null, Cancel))).Details.ShouldHaveSingleItem().ShouldContain("licence");

        await Desk.SetCardAsync(_ada, draft.Id, report.Report!.Card.WithLicense("mit").ToString(), Cancel);

        (await Desk.GetReportAsync(_ada, draft.Id, Cancel)).CanPublish.ShouldBeTrue();
        await Desk.PublishAsync(_ada, draft.Id, null, Cancel);
        (await _catalog.Get<RepositoryCatalog>().GetAsync(_ada, Name, Cancel)).License.ShouldBe("mit");
    }

    [Fact]
    public async Task UploadedCard_IsShownAndPublished()
    {
        var draft = await DraftAsync(RepositoryVisibility.Public, "adapter_config.json", "adapter_model.safetensors", "README.md");

        var report = await Desk.GetReportAsync(_ada, draft.Id, Cancel);

        report.IsCardDrafted.ShouldBeFalse();
        report.Card.ShouldBe(await File.ReadAllTextAsync(Path.Combine(SeedFiles.PathOf(SeedFiles.Adapter), "README.md"), Cancel));
    }

    [Fact]
    public async Task PickleByName_IsToldBeforeItsBytesArrive()
    {
        var draft = await Desk.CreateAsync(_ada, new DraftTarget { Name = Name, Kind = RepositoryKind.Adapter }, Cancel);
        await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile("pytorch_model.bin", 1_000_000)], false, Cancel);

        var report = await Desk.GetReportAsync(_ada, draft.Id, Cancel);

        (report.IsChecked, report.CanPublish).ShouldBe((false, false));
        report.Findings.ShouldHaveSingleItem().Problem.ShouldContain("pickle");
    }

    [Fact]
    public async Task AdapterWithoutItsTensors_IsRefused()
    {
        var draft = await DraftAsync(RepositoryVisibility.Private, "adapter_config.json");

        (await Desk.GetReportAsync(_ada, draft.Id, Cancel)).Findings[0].ToString().ShouldContain("adapter_model.safetensors");
    }

    [Fact]
    public async Task WeightsThatAreHereAlready_AreToldToThoseWhoMaySeeThem()
    {
        var eve = await _catalog.AddUserAsync("eve");
        var other = await _catalog.PublishSeedAsync(eve, "eve/king-james", RepositoryKind.Adapter, SeedFiles.Adapter, RepositoryVisibility.Private);
        var draft = await DraftAsync(RepositoryVisibility.Private, "adapter_config.json", "adapter_model.safetensors");
        (await Desk.GetReportAsync(_ada, draft.Id, Cancel)).Findings.ShouldNotContain(finding => finding.Found == "eve/king-james");

        await _catalog.Get<RepositoryCatalog>().SetVisibilityAsync(eve, other, RepositoryVisibility.Public, Cancel);

        (await Desk.GetReportAsync(_ada, draft.Id, Cancel)).Findings.ShouldContain(finding => finding.Found == "eve/king-james" && finding.Severity == FindingSeverity.Note);
        (await _catalog.Get<RevisionInspections>().GetReportAsync(eve, other, null, Cancel)).Findings.ShouldNotContain(finding => finding.Found == "eve/king-james");
    }

    [Fact]
    public async Task CardEditedAgainAndAgain_ReadsTheFilesOnce()
    {
        var draft = await DraftAsync(RepositoryVisibility.Private, "adapter_config.json", "adapter_model.safetensors");
        var first = await Desk.GetReportAsync(_ada, draft.Id, Cancel);
        var weights = first.Report!.Files.Adapter.ShouldNotBeNull();
        var digest = (await Desk.GetAsync(_ada, draft.Id, Cancel)).Files.Single(file => file.Path == "adapter_model.safetensors").Digest!;

        // If they were read again, they would be found damaged.
        await File.WriteAllTextAsync(_catalog.Get<AdapterHub.Catalog.Storage.BlobStore>().PathOf(digest), "damaged", Cancel);
        await Desk.SetCardAsync(_ada, draft.Id, "---\nlicense: mit\n---\n# Another\n", Cancel);

        (await Desk.GetReportAsync(_ada, draft.Id, Cancel)).Report!.Files.Adapter!.Parameters.ShouldBe(weights.Parameters);
    }

    private async Task<DraftView> DraftAsync(RepositoryVisibility visibility, params string[] names)
    {
        var draft = await Desk.CreateAsync(_ada, new DraftTarget { Name = Name, Kind = RepositoryKind.Adapter, Visibility = visibility }, Cancel);
        foreach (var name in names)
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(SeedFiles.PathOf(SeedFiles.Adapter), name), Cancel);
            var file = (await Desk.AnnounceAsync(_ada, draft.Id, [new AnnouncedFile(name, bytes.Length)], false, Cancel)).Files.Single(f => f.Path == name);
            await Desk.AppendAsync(_ada, draft.Id, file.Id, 0, new MemoryStream(bytes), Cancel);
        }

        return draft;
    }
}
