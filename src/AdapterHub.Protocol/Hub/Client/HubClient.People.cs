namespace AdapterHub.Protocol.Hub.Client;

public sealed partial class HubClient
{
    public Task<HubAbout> GetAboutAsync(CancellationToken cancel) => GetAsync("about", HubJson.Default.HubAbout, cancel);

    /// <summary>Whose token this client has.</summary>
    public Task<HubIdentity> WhoAmIAsync(CancellationToken cancel) => GetAsync("whoami", HubJson.Default.HubIdentity, cancel);

    public Task<HubOwner> GetOwnerAsync(string name, CancellationToken cancel) => GetAsync($"owners/{Escape(name)}", HubJson.Default.HubOwner, cancel);

    public Task<HubStorage> GetStorageAsync(string owner, CancellationToken cancel) => GetAsync($"owners/{Escape(owner)}/storage", HubJson.Default.HubStorage, cancel);

    public Task<IReadOnlyList<HubOrganizationSummary>> ListOrganizationsAsync(CancellationToken cancel) =>
        GetAsync("organizations", HubJson.Default.IReadOnlyListHubOrganizationSummary, cancel);

    public Task<HubOrganization> CreateOrganizationAsync(HubNewOrganization organization, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, "organizations", organization, HubJson.Default.HubNewOrganization, HubJson.Default.HubOrganization, cancel);

    public Task<HubOrganization> GetOrganizationAsync(string name, CancellationToken cancel) =>
        GetAsync($"organizations/{Escape(name)}", HubJson.Default.HubOrganization, cancel);

    /// <summary><see cref="HubRole.None"/> takes the member out.</summary>
    public Task SetMemberAsync(string organization, string user, HubRole role, CancellationToken cancel) => role == HubRole.None
        ? DeleteAsync($"organizations/{Escape(organization)}/members/{Escape(user)}", cancel)
        : SendAsync(HttpMethod.Put, $"organizations/{Escape(organization)}/members/{Escape(user)}", new HubRoleChange(role), HubJson.Default.HubRoleChange, cancel);

    public Task DissolveOrganizationAsync(string name, CancellationToken cancel) => DeleteAsync($"organizations/{Escape(name)}", cancel);
}
