using System.Net;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Integration.Tests.Hub;

public sealed class PeopleApiTests : IAsyncLifetime
{
    private const string Hub = "/api/hub";
    private RunningHub _hub = null!;
    private Actor _admin = null!;
    private Actor _ada = null!;
    private HttpClient _asAdmin = null!;
    private HttpClient _asAda = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await RunningHub.StartAsync();
        _admin = await _hub.AddUserAsync("root-admin", administrator: true);
        _ada = await _hub.AddUserAsync("ada");
        await _hub.AddUserAsync("bob");
        (_asAdmin, _asAda) = (_hub.As(_admin), _hub.As(_ada));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Token_IsMadeUsedListedAndRevoked()
    {
        using var made = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Hub}/tokens", new HubNewToken("laptop", HubScope.Write, 30), HubJson.Default.HubNewToken);
        made.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var issued = await made.ReadAsync(HubJson.Default.HubIssuedToken);
        using var used = await _hub.As(null).SendAsync(HttpMethod.Get, $"{Hub}/whoami", ("Authorization", $"Bearer {issued.Token}"));
        var identity = await used.ReadAsync(HubJson.Default.HubIdentity);
        (identity.Name, identity.Scope, identity.Owners.Single().Name).ShouldBe(("ada", HubScope.Write, "ada"));
        (await _asAda.ReadAsync($"{Hub}/tokens", HubJson.Default.IReadOnlyListHubToken)).ShouldContain(token => token.Id == issued.Facts.Id && token.LastUsedAt != null);

        using var revoked = await _asAda.DeleteAsync($"{Hub}/tokens/{issued.Facts.Id}", RunningHub.Cancel);
        revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await _hub.As(null).SendAsync(HttpMethod.Get, $"{Hub}/whoami", ("Authorization", $"Bearer {issued.Token}")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Organization_IsFoundedSharedAndDissolved()
    {
        using var made = await _asAda.SendJsonAsync(HttpMethod.Post, $"{Hub}/organizations", new HubNewOrganization("guild", "The Guild"), HubJson.Default.HubNewOrganization);
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var member = await _asAda.SendJsonAsync(HttpMethod.Put, $"{Hub}/organizations/guild/members/bob", new HubRoleChange(HubRole.Writer), HubJson.Default.HubRoleChange);
        (await _asAda.ReadAsync($"{Hub}/organizations/guild", HubJson.Default.HubOrganization)).Members.Select(one => (one.User, one.Role))
            .ShouldBe([("ada", HubRole.Owner), ("bob", HubRole.Writer)]);
        using var profile = await _asAda.SendJsonAsync(HttpMethod.Put, $"{Hub}/organizations/guild/profile", new HubProfileChange("Guild", "Us"), HubJson.Default.HubProfileChange);
        var seen = await _hub.As(null).ReadAsync($"{Hub}/owners/guild", HubJson.Default.HubOwner);
        (seen.Kind, seen.DisplayName, seen.About).ShouldBe((HubOwnerKind.Organization, "Guild", "Us"));
        (await _asAda.ReadAsync($"{Hub}/organizations", HubJson.Default.IReadOnlyListHubOrganizationSummary)).ShouldHaveSingleItem().Members.ShouldBe(2);
        (await _asAda.ReadAsync($"{Hub}/owners/guild/storage", HubJson.Default.HubStorage)).UsedBytes.ShouldBe(0);
        (await _asAda.ReadAsync($"{Hub}/people?q=bo", HubJson.Default.IReadOnlyListHubOwnerName)).ShouldHaveSingleItem().Name.ShouldBe("bob");

        using var out1 = await _asAda.DeleteAsync($"{Hub}/organizations/guild/members/bob", RunningHub.Cancel);
        using var gone = await _asAda.DeleteAsync($"{Hub}/organizations/guild", RunningHub.Cancel);
        gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await _asAda.GetAsync($"{Hub}/owners/guild", RunningHub.Cancel).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Account_TellsAndChangesItsProfile()
    {
        using var changed = await _asAda.SendJsonAsync(HttpMethod.Put, $"{Hub}/account/profile", new HubProfileChange("Ada L."), HubJson.Default.HubProfileChange);
        (await changed.ReadAsync(HubJson.Default.HubAccount)).DisplayName.ShouldBe("Ada L.");
        (await _asAda.ReadAsync($"{Hub}/account", HubJson.Default.HubAccount)).Name.ShouldBe("ada");
        (await _asAda.ReadAsync($"{Hub}/account/audit", HubJson.Default.HubAuditPage)).Entries.ShouldContain(entry => entry.Action == "account.profile");
    }

    [Fact]
    public async Task Administrator_ManagesAccountsSettingsAndStorage()
    {
        (await _asAdmin.ReadAsync($"{Hub}/admin/users?q=ada&filter=all", HubJson.Default.HubUserPage)).Users.ShouldHaveSingleItem().Name.ShouldBe("ada");
        using var quota = await _asAdmin.SendJsonAsync(HttpMethod.Put, $"{Hub}/admin/owners/ada/quota", new HubQuotaChange(1000), HubJson.Default.HubQuotaChange);
        (await _asAda.ReadAsync($"{Hub}/owners/ada/storage", HubJson.Default.HubStorage)).LimitBytes.ShouldBe(1000);
        using var disabled = await _asAdmin.SendJsonAsync(HttpMethod.Patch, $"{Hub}/admin/users/bob", new HubUserChange(Disabled: true), HubJson.Default.HubUserChange);
        disabled.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await _asAdmin.ReadAsync($"{Hub}/admin/users?filter=disabled", HubJson.Default.HubUserPage)).Total.ShouldBe(1);

        var settings = await _asAdmin.ReadAsync($"{Hub}/admin/settings", HubJson.Default.HubConfiguration);
        using var set = await _asAdmin.SendJsonAsync(HttpMethod.Put, $"{Hub}/admin/settings", settings with { Name = "Our hub", Registration = HubRegistration.Open }, HubJson.Default.HubConfiguration);
        (await set.ReadAsync(HubJson.Default.HubConfiguration)).Registration.ShouldBe(HubRegistration.Open);
        (await _hub.As(null).ReadAsync($"{Hub}/about", HubJson.Default.HubAbout)).Name.ShouldBe("Our hub");

        using var invited = await _asAdmin.SendJsonAsync(HttpMethod.Post, $"{Hub}/admin/invitations", new HubNewInvitation("Carol"), HubJson.Default.HubNewInvitation);
        var invitation = await invited.ReadAsync(HubJson.Default.HubIssuedInvitation);
        (await _asAdmin.ReadAsync($"{Hub}/admin/invitations", HubJson.Default.IReadOnlyListHubInvitation)).ShouldHaveSingleItem().Note.ShouldBe("Carol");
        using var taken = await _asAdmin.DeleteAsync($"{Hub}/admin/invitations/{invitation.Facts.Id}", RunningHub.Cancel);
        taken.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await _asAdmin.ReadAsync($"{Hub}/admin/audit?action=settings.", HubJson.Default.HubAuditPage)).Entries.ShouldHaveSingleItem().User.ShouldBe("root-admin");
        using var collected = await _asAdmin.PostAsync($"{Hub}/admin/collect", null, RunningHub.Cancel);
        (await collected.ReadAsync(HubJson.Default.HubCollection)).Blobs.ShouldBe(0);
        using var check = await _asAdmin.PostAsync($"{Hub}/admin/check?bytes=true", null, RunningHub.Cancel);
        (await check.ReadAsync(HubJson.Default.HubCheck)).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Health_AnswersWithoutWords()
    {
        using var response = await _hub.As(null).GetAsync($"{Hub}/health", RunningHub.Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }
}
