namespace AdapterHub.Protocol.Hub.Client;

public sealed partial class HubClient
{
    /// <param name="query">As in the address of the catalogue's page, without a question mark: <c>q=king&amp;base=inkwell</c>.</param>
    public Task<HubSearchPage> SearchAsync(string query, CancellationToken cancel) =>
        GetAsync(query.Length == 0 ? "repositories" : $"repositories?{query}", HubJson.Default.HubSearchPage, cancel);

    /// <summary>What a text that is being typed may mean.</summary>
    public Task<IReadOnlyList<HubSuggestion>> SuggestAsync(string text, CancellationToken cancel) => GetAsync($"suggest?q={Escape(text)}", HubJson.Default.IReadOnlyListHubSuggestion, cancel);

    /// <param name="digest">SHA-256, or its first ten digits at least.</param>
    public Task<IReadOnlyList<HubFileHolder>> FindByDigestAsync(string digest, CancellationToken cancel) => GetAsync($"digests/{Escape(digest)}", HubJson.Default.IReadOnlyListHubFileHolder, cancel);

    public Task<HubRepository> GetRepositoryAsync(string name, CancellationToken cancel) => GetAsync(Repository(name), HubJson.Default.HubRepository, cancel);

    public Task<HubRepository> CreateRepositoryAsync(HubNewRepository repository, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, "repositories", repository, HubJson.Default.HubNewRepository, HubJson.Default.HubRepository, cancel);

    public Task<HubRepository> ChangeRepositoryAsync(string name, HubRepositoryChange change, CancellationToken cancel) =>
        SendAsync(HttpMethod.Patch, Repository(name), change, HubJson.Default.HubRepositoryChange, HubJson.Default.HubRepository, cancel);

    public Task<HubRepository> TrashAsync(string name, CancellationToken cancel) =>
        SendAsync(HttpMethod.Delete, Repository(name), HubJson.Default.HubRepository, cancel);

    public Task<IReadOnlyList<HubRepository>> ListTrashAsync(CancellationToken cancel) => GetAsync("trash", HubJson.Default.IReadOnlyListHubRepository, cancel);

    public Task<HubRepository> RestoreAsync(string name, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"trash/{EscapePath(name)}/restore", HubJson.Default.HubRepository, cancel);

    public Task PurgeAsync(string name, CancellationToken cancel) => DeleteAsync($"trash/{EscapePath(name)}", cancel);

    public Task<HubRepository> ForkAsync(string name, string target, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"{Repository(name)}/forks", new HubForkRequest(target), HubJson.Default.HubForkRequest, HubJson.Default.HubRepository, cancel);

    public Task<HubRepository> SetLikeAsync(string name, bool liked, CancellationToken cancel) =>
        SendAsync(liked ? HttpMethod.Put : HttpMethod.Delete, $"{Repository(name)}/like", HubJson.Default.HubRepository, cancel);

    public Task<IReadOnlyList<HubCollaborator>> ListCollaboratorsAsync(string name, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/collaborators", HubJson.Default.IReadOnlyListHubCollaborator, cancel);

    /// <summary><see cref="HubRole.None"/> takes the role away.</summary>
    public Task SetCollaboratorAsync(string name, string user, HubRole role, CancellationToken cancel) => role == HubRole.None
        ? DeleteAsync($"{Repository(name)}/collaborators/{Escape(user)}", cancel)
        : SendAsync(HttpMethod.Put, $"{Repository(name)}/collaborators/{Escape(user)}", new HubRoleChange(role), HubJson.Default.HubRoleChange, cancel);

    /// <param name="revision">Branch, tag or commit id.</param>
    public Task<HubRevision> GetRevisionAsync(string name, string revision, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/revisions/{Escape(revision)}", HubJson.Default.HubRevision, cancel);

    /// <param name="folder">Empty for the top.</param>
    public Task<HubFolder> GetFolderAsync(string name, string revision, string folder, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/tree/{Escape(revision)}?folder={Escape(folder)}", HubJson.Default.HubFolder, cancel);

    public Task<IReadOnlyList<HubCommit>> ListCommitsAsync(string name, string? revision, int skip, int limit, CancellationToken cancel) =>
        GetAsync(FormattableString.Invariant($"{Repository(name)}/commits?skip={skip}&limit={limit}{(revision is null ? "" : "&revision=" + Escape(revision))}"), HubJson.Default.IReadOnlyListHubCommit, cancel);

    public Task<IReadOnlyList<HubDifference>> CompareAsync(string name, string from, string to, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/compare/{Escape(from)}/{Escape(to)}", HubJson.Default.IReadOnlyListHubDifference, cancel);

    public Task<IReadOnlyList<HubReference>> ListReferencesAsync(string name, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/references", HubJson.Default.IReadOnlyListHubReference, cancel);

    public Task CreateReferenceAsync(string name, HubNewReference reference, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"{Repository(name)}/references", reference, HubJson.Default.HubNewReference, cancel);

    public Task DeleteReferenceAsync(string name, HubReferenceKind kind, string reference, CancellationToken cancel) =>
        DeleteAsync($"{Repository(name)}/references/{(kind == HubReferenceKind.Tag ? "tag" : "branch")}/{Escape(reference)}", cancel);

    /// <summary>A revision of small files, in one request.</summary>
    public Task<HubPublished> CommitAsync(string name, HubNewCommit commit, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, $"{Repository(name)}/commits", commit, HubJson.Default.HubNewCommit, HubJson.Default.HubPublished, cancel);

    /// <param name="path">A safetensors file.</param>
    public Task<HubTensors> GetTensorsAsync(string name, string revision, string path, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/tensors/{Escape(revision)}/{EscapePath(path)}", HubJson.Default.HubTensors, cancel);

    public Task<HubAnatomy> GetAnatomyAsync(string name, string revision, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/anatomy?revision={Escape(revision)}", HubJson.Default.HubAnatomy, cancel);

    public Task<HubLineage> GetLineageAsync(string name, CancellationToken cancel) => GetAsync($"{Repository(name)}/lineage", HubJson.Default.HubLineage, cancel);

    /// <param name="path">A file of data; null takes the first that can be shown.</param>
    public Task<HubRows> GetRowsAsync(string name, string revision, string? path, CancellationToken cancel) =>
        GetAsync($"{Repository(name)}/rows?revision={Escape(revision)}{(path is null ? "" : "&path=" + Escape(path))}", HubJson.Default.HubRows, cancel);
}
