using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Publishing.Checks;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Storage;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>
/// Turns what a spec names into files with digests, with the rights of whoever starts the run. A base model is <c>name</c>,
/// <c>owner/name</c> or <c>owner/name@revision</c>; text is <c>owner/name[@revision]</c> for all text files of a dataset,
/// <c>owner/name[@revision]:path</c> for one of them, and <c>sha256:DIGEST:name.txt</c> for bytes that were sent before. An adapter is
/// <c>owner/name[@revision]</c>, or <c>run:17</c> for what a run publishes that comes before.
/// </summary>
internal sealed class RunReferences(CatalogContext context, Actor actor, long ownerId)
{
    private const string Sent = "sha256:";
    private static readonly string[] TextEndings = [".txt", ".jsonl", ".csv"];
    private static readonly string[] ModelEndings = [".json", ".safetensors", ".model", ".jinja"];

    public async Task AddBaseAsync(Run run, string reference, CancellationToken cancel)
    {
        var (name, revision) = Split(reference, '@');
        var match = await BaseMatch.FindAsync(context, actor, ownerId, name, cancel);
        if (match is null || (!match.IsNamed && !string.Equals(match.Name, name, StringComparison.OrdinalIgnoreCase)))
            throw Wrong($"There is no base model {reference} here, or you have no access to it. Name one as owner/name.");
        var commit = revision is null ? await context.Commits.SingleAsync(c => c.Key == match.CommitKey, cancel)
            : await RevisionReader.FindCommitAsync(context, match.RepositoryId, revision, cancel) ?? throw Wrong($"{match.Name} has no revision {revision}.");
        var files = (await FilesAsync(commit.Key, cancel)).Where(file => HasEnding(file.Path, ModelEndings)).ToList();
        if (!files.Exists(file => file.Path == "config.json") || !files.Exists(file => file.Path == "tokenizer.json"))
            throw Wrong($"{match.Name} cannot be used: it lacks config.json or tokenizer.json.");
        Add(run, reference, files);
        run.Sources.Add(new RunSource { Reference = match.Name, Relation = LineageRelation.BaseModel, RepositoryId = match.RepositoryId, CommitId = commit.Id });
    }

    public async Task AddTextAsync(Run run, string reference, CancellationToken cancel)
    {
        if (run.Inputs.Exists(input => input.Reference == reference))
            return;
        if (reference.StartsWith(Sent, StringComparison.Ordinal))
            await AddSentAsync(run, reference, cancel);
        else
            await AddDatasetAsync(run, reference, cancel);
    }

    /// <param name="run">That is made.</param>
    /// <param name="reference">Of the adapter.</param>
    /// <param name="after">Runs that it comes after.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task AddAdapterAsync(Run run, string reference, IReadOnlyList<long> after, CancellationToken cancel)
    {
        if (run.Sources.Exists(source => source.Relation == LineageRelation.BlendParent && source.Reference == reference))
            return;
        if (RunResults.FindRun(reference) is { } earlier)
        {
            await AddResultAsync(run, reference, earlier, after, cancel);
            return;
        }

        var (text, revision) = Split(reference, '@');
        if (!RepositoryName.TryParse(text, out var name))
            throw Wrong($"{reference} is no adapter of this hub: name one as owner/name or owner/name@revision.");
        var (row, commit) = await FindRevisionAsync(name, revision, "adapter", cancel);
        var files = (await FilesAsync(commit.Key, cancel)).Where(file => file.Path is AdapterParts.ConfigPath or AdapterParts.WeightsPath).ToList();
        if (files.Count != 2)
            throw Wrong($"{name} cannot be used: it lacks {AdapterParts.ConfigPath} or {AdapterParts.WeightsPath}.");
        Add(run, reference, files);
        run.Sources.Add(new RunSource { Reference = reference, Relation = LineageRelation.BlendParent, RepositoryId = row.Id, CommitId = commit.Id });
    }

    /// <summary>Whoever may act on a run may try what it learnt, published or not; others may not.</summary>
    private async Task AddResultAsync(Run run, string reference, long earlier, IReadOnlyList<long> after, CancellationToken cancel)
    {
        var source = await RunAccess.RequireVisibleAsync(context, actor, earlier, cancel);
        if (!await RunAccess.CanActAsync(context, actor, source, cancel))
            throw new CatalogException(CatalogFault.Forbidden, $"You may not use what run {earlier} learns: it belongs to {source.Owner.Name}.");
        if (source.Kind == RunKind.Evaluate || source.Target is null || !after.Contains(earlier))
            throw Wrong($"{reference} is what run {earlier} publishes: that run must train or make an adapter, and be among those that this one comes after.");
        run.Sources.Add(new RunSource { Reference = reference, Relation = LineageRelation.BlendParent });
        if (source.State == RunState.Succeeded && !await RunResults.TryHandOverAsync(context, source, run, cancel))
            throw Wrong($"What run {earlier} has published is not there any more.");
    }

    private async Task AddSentAsync(Run run, string reference, CancellationToken cancel)
    {
        var (digest, name) = Split(reference[Sent.Length..], ':');
        if (!BlobStore.IsDigest(digest) || name is null || name.Contains('/', StringComparison.Ordinal) || !HasEnding(name, TextEndings))
            throw Wrong($"{reference} is no file that was sent: that is sha256:DIGEST:NAME, the name ending in .txt, .jsonl or .csv.");
        if (!(await BlobAccess.FindUsableAsync(context, actor, [digest], cancel)).TryGetValue(digest, out var length))
            throw Wrong($"The bytes of {name} are not here, or you did not send them. Send the file first.");
        Add(run, reference, [(name, digest, length)]);
        // Bytes that no repository shows make the run its owner's own affair.
        run.Sources.Add(new RunSource { Reference = name, Relation = LineageRelation.Dataset });
    }

    private async Task AddDatasetAsync(Run run, string reference, CancellationToken cancel)
    {
        var (whole, path) = Split(reference, ':');
        var (text, revision) = Split(whole, '@');
        if (!RepositoryName.TryParse(text, out var name))
            throw Wrong($"{reference} is no text: name a dataset as owner/name, or one file of it as owner/name:path.");
        var (row, commit) = await FindRevisionAsync(name, revision, "dataset", cancel);
        var files = (await FilesAsync(commit.Key, cancel)).Where(file => path is null ? HasEnding(file.Path, TextEndings) : file.Path == path).ToList();
        if (files.Count == 0)
            throw Wrong(path is null ? $"{name} has no .txt, .jsonl or .csv file." : $"{name} has no file {path}.");
        Add(run, reference, files);
        run.Sources.Add(new RunSource { Reference = name.ToString(), Relation = LineageRelation.Dataset, RepositoryId = row.Id, CommitId = commit.Id });
    }

    private async Task<(Repository Row, Commit Commit)> FindRevisionAsync(RepositoryName name, string? revision, string kind, CancellationToken cancel)
    {
        var row = await RepositoryAccess.FindRowAsync(context, name, cancel);
        if (row is null || await RepositoryAccess.RoleAsync(context, actor, row, cancel) == AccessRole.None || row.DeletedAt is not null)
            throw Wrong($"There is no {kind} {name} here, or you have no access to it.");
        var commit = await RevisionReader.FindCommitAsync(context, row.Id, revision ?? Repository.DefaultBranch, cancel)
            ?? throw Wrong($"{name} has no revision {revision ?? Repository.DefaultBranch}.");
        return (row, commit);
    }

    private async Task<List<(string Path, string Digest, long Length)>> FilesAsync(long commitKey, CancellationToken cancel) =>
        [.. (await context.CommitFiles.Where(file => file.CommitKey == commitKey).OrderBy(file => file.Path)
            .Select(file => new { file.Path, file.Digest, file.Length }).ToListAsync(cancel)).Select(file => (file.Path, file.Digest, file.Length))];

    private static void Add(Run run, string reference, IEnumerable<(string Path, string Digest, long Length)> files) =>
        run.Inputs.AddRange(files.Select(file => new RunInput { Reference = reference, Path = file.Path, Digest = file.Digest, Length = file.Length }));

    private static bool HasEnding(string path, string[] endings) => endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static (string Head, string? Tail) Split(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is var index and >= 0 ? (text[..index], text[(index + 1)..]) : (text, null);

    private static CatalogException Wrong(string message) => new(CatalogFault.Invalid, message);
}
