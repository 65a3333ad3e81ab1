using System.Net;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>What the hub says of real adapters, models and datasets: the seeds.</summary>
public sealed class InspectionApiTests(InspectionApiTests.Seeds seeds) : IClassFixture<InspectionApiTests.Seeds>
{
    private const string Adapter = "/api/hub/repositories/adapterhub/king-james";

    private HttpClient Client => seeds.Client;

    [Fact]
    public async Task Tensors_AreListedFromTheHeader()
    {
        var tensors = await Client.ReadAsync($"{Adapter}/tensors/main/adapter_model.safetensors", HubJson.Default.HubTensors);

        tensors.Parameters.ShouldBe(tensors.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size)));
        tensors.Dtypes.ShouldHaveSingleItem().Dtype.ShouldBe("BF16");
        await Client.GetAsync($"{Adapter}/tensors/main/README.md", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity);
        await Client.GetAsync($"{Adapter}/tensors/main/absent.safetensors", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Anatomy_HasAModuleForEveryPairOfFactors()
    {
        var anatomy = await Client.ReadAsync($"{Adapter}/anatomy", HubJson.Default.HubAnatomy);
        var tensors = await Client.ReadAsync($"{Adapter}/tensors/main/adapter_model.safetensors", HubJson.Default.HubTensors);

        anatomy.Modules.Count.ShouldBe(tensors.Tensors.Count / 2);
        anatomy.Modules.ShouldAllBe(module => module.Rank == 8 && module.Norm > 0 && module.SingularValues.Count == 8);
        anatomy.Parameters.ShouldBe(tensors.Parameters);
        anatomy.Norm.ShouldBe(Math.Sqrt(anatomy.Modules.Sum(module => module.Norm * module.Norm)), 1e-3 * anatomy.Norm, "kept with five digits");
    }

    [Fact]
    public async Task Thumbnail_IsAPictureThatMayBeKept()
    {
        using var first = await Client.GetAsync($"{Adapter}/thumbnail?v=123456789abc", RunningHub.Cancel);
        first.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        first.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        first.Headers.CacheControl!.MaxAge!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        var svg = await first.Content.ReadAsStringAsync(RunningHub.Cancel);
        svg.ShouldStartWith("<svg");
        svg.ShouldNotContain("script");
        using var second = await Client.SendAsync(HttpMethod.Get, $"{Adapter}/thumbnail", ("If-None-Match", first.Headers.ETag!.Tag));
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Report_SaysThatTheAdapterCoversItsBase()
    {
        var report = await Client.ReadAsync($"{Adapter}/report", HubJson.Default.HubReport);

        report.CanPublish.ShouldBeTrue();
        report.Coverage!.Base.ShouldBe("adapterhub/inkwell");
        report.Coverage.Unbound.ShouldBeEmpty();
        report.Coverage.Bound.Count.ShouldBe((await Client.ReadAsync($"{Adapter}/anatomy", HubJson.Default.HubAnatomy)).Modules.Count);
    }

    [Fact]
    public async Task Lineage_LeadsToTheBaseAndBack()
    {
        (await Client.ReadAsync($"{Adapter}/lineage", HubJson.Default.HubLineage)).Parents.ShouldContain(end => end.Relation == HubRelation.BaseModel && end.Repository == "adapterhub/inkwell");
        (await Client.ReadAsync("/api/hub/repositories/adapterhub/inkwell/lineage", HubJson.Default.HubLineage)).Children.ShouldContain(end => end.Repository == "adapterhub/king-james");
    }

    [Fact]
    public async Task Rows_AreTheBeginningOfADataset()
    {
        var rows = await Client.ReadAsync("/api/hub/repositories/adapterhub/devils-dictionary-dataset/rows?limit=3", HubJson.Default.HubRows);

        rows.Rows.Count.ShouldBe(3);
        rows.Columns.ShouldContain("prompt");
        rows.Files.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task CatalogueLists_KnowTheSeeds()
    {
        (await Client.ReadAsync("/api/hub/suggest?q=king", HubJson.Default.IReadOnlyListHubSuggestion)).ShouldContain(one => one.Value == "adapterhub/king-james");
        var digest = (await Client.ReadAsync(Adapter, HubJson.Default.HubRepository)).WeightsDigest!;
        (await Client.ReadAsync($"/api/hub/digests/{digest[..12]}", HubJson.Default.IReadOnlyListHubFileHolder)).ShouldContain(one => one.Repository == "adapterhub/king-james" && one.Digest == digest);
        await Client.GetAsync("/api/hub/digests/xyz", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity);
        (await Client.ReadAsync("/api/hub/owners", HubJson.Default.HubOwnerPage)).Owners.ShouldHaveSingleItem().Adapters.ShouldBe(4);
        (await Client.ReadAsync("/api/hub/base-models", HubJson.Default.HubBaseModelPage)).BaseModels[0].Repository!.Name.ShouldBe("adapterhub/inkwell");
        (await Client.ReadAsync("/api/hub/tags?limit=5", HubJson.Default.IReadOnlyListHubFacetValue)).ShouldNotBeEmpty();
    }

    /// <summary>One hub with the seeds, which nothing here changes.</summary>
    public sealed class Seeds : IAsyncLifetime
    {
        internal RunningHub Hub { get; private set; } = null!;

        internal HttpClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Hub = await RunningHub.StartSeededAsync(Path.Combine(Repository.Root, "data", "seed"));
            Client = Hub.As(null);
        }

        public async ValueTask DisposeAsync() => await Hub.DisposeAsync();
    }
}
