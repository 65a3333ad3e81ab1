using System.Net;
using System.Text;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class RepositoryApiTests : IAsyncLifetime
{
    private const string Repositories = "/api/hub/repositories";
    private RunningHub _hub = null!;
    private Actor _ada = null!;
    private Actor _bob = null!;
    private HttpClient _asAda = null!;
    private HttpClient _asBob = null!;
    private HttpClient _asNobody = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await RunningHub.StartAsync();
        _ada = await _hub.AddUserAsync("ada");
        _bob = await _hub.AddUserAsync("bob");
        (_asAda, _asBob, _asNobody) = (_hub.As(_ada), _hub.As(_bob), _hub.As(null));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Repository_IsMadeFoundChangedMovedAndShared()
    {
        using var made = await _asAda.SendJsonAsync(HttpMethod.Post, Repositories,
            new HubNewRepository("ada/one", HubRepositoryKind.Dataset, HubVisibility.Private), HubJson.Default.HubNewRepository);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        made.Headers.Location!.ToString().ShouldBe($"{Repositories}/ada/one");
        (await made.ReadAsync(HubJson.Default.HubRepository)).Kind.ShouldBe(HubRepositoryKind.Dataset);

        await _asBob.GetAsync($"{Repositories}/ada/one", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        using var shared = await _asAda.SendJsonAsync(HttpMethod.Put, $"{Repositories}/ada/one/collaborators/bob", new HubRoleChange(HubRole.Reader), HubJson.Default.HubRoleChange);
        shared.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _asBob.ReadAsync($"{Repositories}/ada/one", HubJson.Default.HubRepository)).Role.ShouldBe(HubRole.Reader);
        (await _asAda.ReadAsync($"{Repositories}/ada/one/collaborators", HubJson.Default.IReadOnlyListHubCollaborator))
            .ShouldBe([new HubCollaborator("bob", HubRole.Reader)]);

        using var changed = await _asAda.SendJsonAsync(HttpMethod.Patch, $"{Repositories}/ada/one",
            new HubRepositoryChange { Name = "ada/two", Visibility = HubVisibility.Public }, HubJson.Default.HubRepositoryChange);
        var now = await changed.ReadAsync(HubJson.Default.HubRepository);
        (now.Name, now.Visibility).ShouldBe(("ada/two", HubVisibility.Public));
        (await _asNobody.ReadAsync($"{Repositories}/ada/one", HubJson.Default.HubRepository)).Name.ShouldBe("ada/two");
    }

    [Fact]
    public async Task Trash_HidesRestoresAndPurges()
    {
        await _hub.AddRepositoryAsync(_ada, "one");
        using var trashed = await _asAda.DeleteAsync($"{Repositories}/ada/one", RunningHub.Cancel);
        (await trashed.ReadAsync(HubJson.Default.HubRepository)).DeletedAt.ShouldNotBeNull();
        await _asNobody.GetAsync($"{Repositories}/ada/one", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await _asAda.ReadAsync("/api/hub/trash", HubJson.Default.IReadOnlyListHubRepository)).ShouldHaveSingleItem().Name.ShouldBe("ada/one");

        using var restored = await _asAda.PostAsync("/api/hub/trash/ada/one/restore", null, RunningHub.Cancel);
        (await restored.ReadAsync(HubJson.Default.HubRepository)).DeletedAt.ShouldBeNull();
        await _asAda.DeleteAsync("/api/hub/trash/ada/one", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.Conflict);

        using var again = await _asAda.DeleteAsync($"{Repositories}/ada/one", RunningHub.Cancel);
        using var purged = await _asAda.DeleteAsync("/api/hub/trash/ada/one", RunningHub.Cancel);
        purged.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await _asAda.GetAsync($"{Repositories}/ada/one", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await _asNobody.GetAsync("/api/hub/trash", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task ForkAndLike_AreTheActors()
    {
        var name = await _hub.AddRepositoryAsync(_ada, "one");
        await _hub.CommitAsync(_ada, name, ("README.md", "# One"u8.ToArray()));
        using var forked = await _asBob.SendJsonAsync(HttpMethod.Post, $"{Repositories}/ada/one/forks", new HubForkRequest("bob/mine"), HubJson.Default.HubForkRequest);
        forked.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await forked.ReadAsync(HubJson.Default.HubRepository)).ForkOf.ShouldBe("ada/one");

        using var liked = await _asBob.PutAsync($"{Repositories}/ada/one/like", null, RunningHub.Cancel);
        var after = await liked.ReadAsync(HubJson.Default.HubRepository);
        (after.Likes, after.Liked).ShouldBe((1, true));
        using var unliked = await _asBob.DeleteAsync($"{Repositories}/ada/one/like", RunningHub.Cancel);
        (await unliked.ReadAsync(HubJson.Default.HubRepository)).Likes.ShouldBe(0);
    }

    [Fact]
    public async Task Revisions_AreReadByBranchTagAndId()
    {
        var name = await _hub.AddRepositoryAsync(_ada, "one");
        var first = await _hub.CommitAsync(_ada, name, ("README.md", "# One"u8.ToArray()), ("docs/a.txt", "a"u8.ToArray()));
        using var tagged = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Repositories}/ada/one/references",
            new HubNewReference(HubReferenceKind.Tag, "v1/final"), HubJson.Default.HubNewReference);
        tagged.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var second = await _hub.CommitAsync(_ada, name, ("README.md", "# Two"u8.ToArray()));

        (await _asNobody.ReadAsync($"{Repositories}/ada/one/revisions/main", HubJson.Default.HubRevision)).Commit.Id.ShouldBe(second);
        var tag = await _asNobody.ReadAsync($"{Repositories}/ada/one/revisions/v1%2Ffinal", HubJson.Default.HubRevision);
        tag.Commit.Id.ShouldBe(first);
        tag.Files.Select(file => file.Path).ShouldBe(["README.md", "docs/a.txt"]);
        (await _asNobody.ReadAsync($"{Repositories}/ada/one/commits", HubJson.Default.IReadOnlyListHubCommit)).Select(commit => commit.Id).ShouldBe([second, first]);
        (await _asNobody.ReadAsync($"{Repositories}/ada/one/compare/v1%2Ffinal/main", HubJson.Default.IReadOnlyListHubDifference))
            .ShouldHaveSingleItem().Kind.ShouldBe(HubChangeKind.Changed);
        var folder = await _asNobody.ReadAsync($"{Repositories}/ada/one/tree/main", HubJson.Default.HubFolder);
        folder.Entries.Select(entry => (entry.Name, entry.IsFolder, entry.Length)).ShouldBe([("docs", true, 1), ("README.md", false, 5)]);
        (await _asNobody.ReadAsync($"{Repositories}/ada/one/tree/main?folder=docs", HubJson.Default.HubFolder)).Entries.ShouldHaveSingleItem().Name.ShouldBe("a.txt");
        await _asNobody.GetAsync($"{Repositories}/ada/one/tree/main?folder=absent", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);

        using var removed = await _asAda.DeleteAsync($"{Repositories}/ada/one/references/tag/v1%2Ffinal", RunningHub.Cancel);
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _asNobody.ReadAsync($"{Repositories}/ada/one/references", HubJson.Default.IReadOnlyListHubReference)).ShouldHaveSingleItem().Name.ShouldBe("main");
    }

    [Fact]
    public async Task Commit_TakesTextBase64DigestAndDeletion()
    {
        var name = await _hub.AddRepositoryAsync(_ada, "one", kind: RepositoryKind.Dataset);
        const string Card = "---\nlicense: mit\n---\n# Grüße";
        var commit = new HubNewCommit { Message = "first", Files = [new("README.md", Text: Card), new("data.txt", Base64: [0x61, 0x0a])] };
        using var made = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Repositories}/{name}/commits", commit, HubJson.Default.HubNewCommit);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var first = await made.ReadAsync(HubJson.Default.HubPublished);
        using var again = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Repositories}/{name}/commits", commit, HubJson.Default.HubNewCommit);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.ReadAsync(HubJson.Default.HubPublished)).CommitId.ShouldBe(first.CommitId);

        var tree = await _asNobody.ReadAsync($"{Repositories}/{name}/revisions/main", HubJson.Default.HubRevision);
        var next = new HubNewCommit { Message = "second", ExpectedParent = first.CommitId, Files = [new("copy.md", Digest: tree.Files[0].Digest), new("data.txt", Delete: true)] };
        using var second = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Repositories}/{name}/commits", next, HubJson.Default.HubNewCommit);
        await second.ReadAsync(HubJson.Default.HubPublished);
        (await _asNobody.GetStringAsync($"{Repositories}/{name}/files/main/copy.md", RunningHub.Cancel)).ShouldBe(Card);
        await _asAda.SendJsonAsync(HttpMethod.Post, $"{Repositories}/{name}/commits", next with { Message = "third", Files = [new("x", Text: "y")] }, HubJson.Default.HubNewCommit)
            .ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await _asBob.SendJsonAsync(HttpMethod.Post, $"{Repositories}/{name}/commits", commit, HubJson.Default.HubNewCommit).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        var faults = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Repositories}/{name}/commits",
            commit with { Files = [new("../x", Text: "a"), new("y"), new("z", Text: "a", Delete: true)] }, HubJson.Default.HubNewCommit).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity);
        faults.Findings!.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("{\"name\":\"ada/x\",\"visibilty\":\"private\"}", HttpStatusCode.BadRequest, "visibilty")]
    [InlineData("{\"name\":\"ada/x\",\"visibility\":7}", HttpStatusCode.BadRequest, "visibility")]
    [InlineData("{\"visibility\":\"public\"}", HttpStatusCode.BadRequest, "name")]
    [InlineData("{\"name\":null}", HttpStatusCode.BadRequest, "name")]
    [InlineData("{", HttpStatusCode.BadRequest, "JSON")]
    [InlineData("{\"name\":\"../x\"}", HttpStatusCode.UnprocessableEntity, "../x")]
    [InlineData("{\"name\":\"bob/x\"}", HttpStatusCode.Forbidden, "bob")]
    public async Task BadBody_IsToldWhatIsWrong(string json, HttpStatusCode status, string word)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        (await _asAda.PostAsync(Repositories, body, RunningHub.Cancel).ShouldBeProblemAsync(status)).Detail!.ShouldContain(word);
    }

    [Fact]
    public async Task WrongAddressMethodAndType_AreProblemsToo()
    {
        await _asNobody.GetAsync("/api/hub/nothing", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await _asNobody.PutAsync($"{Repositories}/ada/x", null, RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed);
        using var body = new StringContent("name=x", Encoding.UTF8, "application/x-www-form-urlencoded");
        await _asAda.PostAsync(Repositories, body, RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await _asNobody.GetAsync($"{Repositories}/ada/x/commits?limit=many", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Search_TakesTheQueryOfThePage()
    {
        await _hub.AddRepositoryAsync(_ada, "king-james");
        await _hub.AddRepositoryAsync(_ada, "hidden-king", RepositoryVisibility.Private);
        var page = await _asNobody.ReadAsync($"{Repositories}?q=king&kind=adapter&size=5", HubJson.Default.HubSearchPage);
        page.Items.ShouldHaveSingleItem().Name.ShouldBe("ada/king-james");
        page.Facets["owner"].ShouldHaveSingleItem().ShouldBe(new HubFacetValue("ada", 1));
        (await _asAda.ReadAsync($"{Repositories}?q=king", HubJson.Default.HubSearchPage)).Total.ShouldBe(2);
        (await _asNobody.ReadAsync($"{Repositories}?size=many&rank=x", HubJson.Default.HubSearchPage)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task Unauthorized_SaysHow()
    {
        using var response = await _asNobody.SendJsonAsync(HttpMethod.Post, Repositories, new HubNewRepository("ada/x"), HubJson.Default.HubNewRepository);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
    }

    [Fact]
    public async Task Hidden_IsAnsweredByteForByteLikeAbsent()
    {
        var name = await _hub.AddRepositoryAsync(_ada, "hidden", RepositoryVisibility.Private);
        var commit = await _hub.CommitAsync(_ada, name, ("README.md", "# One"u8.ToArray()));
        foreach (var path in new[] { "", "/revisions/main", $"/revisions/{commit}", "/files/main/README.md", $"/archive/{commit}", "/commits", "/references", "/tree/main" })
        {
            var hidden = await Whole(_asBob, $"{Repositories}/ada/hidden{path}");
            var absent = await Whole(_asBob, $"{Repositories}/ada/absent{path}");
            hidden.Replace("hidden", "absent", StringComparison.Ordinal).ShouldBe(absent, path);
        }

        static async Task<string> Whole(HttpClient client, string path)
        {
            using var response = await client.GetAsync(path, RunningHub.Cancel);
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            var headers = string.Join('\n', response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Date" or "Content-Length"))
                .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}"));
            return headers + "\n\n" + await response.Content.ReadAsStringAsync(RunningHub.Cancel);
        }
    }
}
