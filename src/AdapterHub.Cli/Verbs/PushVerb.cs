using System.CommandLine;
using AdapterHub.Cli.Hub;
using AdapterHub.Cli.Output;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Publishes a folder. Interrupted, the same command goes on where it stopped: the hub keeps the draft.</summary>
internal sealed class PushVerb() : HubVerb("push", "publishes a folder to a hub, as a new repository or a new version of one")
{
    private readonly Argument<string> _folder = new("folder") { HelpName = "FOLDER", Description = "all files below it are published" };
    private readonly Argument<string> _name = new("name") { HelpName = "OWNER/NAME", Description = "where to; a free name becomes a new repository" };
    private readonly Option<bool> _private = Flag.Switch("--private", "a new repository is seen by its owner and those it is shared with only");
    private readonly Option<bool> _unlisted = Flag.Switch("--unlisted", "a new repository is in no list and no search; whoever has its link sees it");
    private readonly Option<string?> _message = Flag.Text("--message", "TEXT", "what this version changes (default: \"First version\" or \"New version\")");
    private readonly Option<string> _kind = Flag.Choice("--kind", "what a new repository holds; auto looks at the files", "auto", "auto", "adapter", "base-model", "dataset");

    public override IReadOnlyList<Argument> Arguments => [_folder, _name];

    public override IReadOnlyList<FlagGroup> Groups => [new("Publication", [_private, _unlisted, _message, _kind]), HubFlags];

    public override IReadOnlyList<string> Examples => ["adapterhub push my-adapter ada/my-adapter --private", "adapterhub push my-adapter ada/my-adapter --message \"Two more epochs\""];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        if (invocation.Get(_private) && invocation.Get(_unlisted))
            throw new RunInputException("--private and --unlisted exclude each other.");
        var folder = Path.GetFullPath(invocation.Get(_folder));
        var paths = LocalTree.List(folder);
        using var client = Connect(invocation);
        var draft = await FindOrBeginAsync(client, invocation, folder, paths).ConfigureAwait(false);
        var files = new List<LocalFile>(paths.Count);
        foreach (var path in paths)
            files.Add(await LocalTree.HashAsync(folder, path, invocation.Stop).ConfigureAwait(false));
        draft = await AnnounceAsync(client, draft, files, invocation.Stop).ConfigureAwait(false);
        await SendAsync(client, invocation, draft, files).ConfigureAwait(false);
        var published = await client.PublishAsync(draft.Id, invocation.Get(_message), invocation.Stop).ConfigureAwait(false);
        Show(invocation, client.Hub, published);
        return ExitCode.Ok;
    }

    private async Task<HubDraft> FindOrBeginAsync(HubClient client, Invocation invocation, string folder, IReadOnlyList<string> paths)
    {
        var target = new HubDraftTarget
        {
            Name = invocation.Get(_name),
            Kind = Kind(invocation.Get(_kind), folder, paths),
            Visibility = invocation.Get(_private) ? HubVisibility.Private : invocation.Get(_unlisted) ? HubVisibility.Unlisted : HubVisibility.Public,
        };
        var drafts = await client.ListDraftsAsync(invocation.Stop).ConfigureAwait(false);
        if (drafts.FirstOrDefault(draft => string.Equals(draft.Name, target.Name, StringComparison.OrdinalIgnoreCase)) is not { } begun)
            return await client.CreateDraftAsync(target, invocation.Stop).ConfigureAwait(false);
        if (!invocation.IsJson)
            invocation.Terminal.Out.WriteLine($"going on with the publication of {target.Name} that was begun {begun.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm}");
        return await client.AimDraftAsync(begun.Id, target, invocation.Stop).ConfigureAwait(false);
    }

    /// <summary>Only what is in the folder now is published: what an earlier attempt had more goes.</summary>
    private static async Task<HubDraft> AnnounceAsync(HubClient client, HubDraft draft, List<LocalFile> files, CancellationToken stop)
    {
        var wanted = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var old in draft.Files.Where(file => !wanted.Contains(file.Path)))
            await client.RemoveDraftFileAsync(draft.Id, old.Id, stop).ConfigureAwait(false);
        return await client.AnnounceAsync(draft.Id, new HubAnnouncement([.. files.Select(file => file.Announced)]), stop).ConfigureAwait(false);
    }

    private static async Task SendAsync(HubClient client, Invocation invocation, HubDraft draft, List<LocalFile> files)
    {
        var local = files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var missing = draft.Files.Where(file => !file.IsComplete).ToList();
        var known = draft.Files.Count - missing.Count;
        if (known > 0 && !invocation.IsJson)
            invocation.Terminal.Out.WriteLine(known == 1 ? "1 file is on the hub already" : $"{known} files are on the hub already");
        await new TransferView(invocation).RunAsync("sent", [.. missing.Select(file => (file.Path, file.Length))], (k, progress) =>
            client.SendFileAsync(draft.Id, missing[k], () => LocalTree.Open(local[missing[k].Path].FullName), progress, invocation.Stop)).ConfigureAwait(false);
    }

    private static void Show(Invocation invocation, Uri hub, HubPublished published)
    {
        if (invocation.IsJson)
        {
            invocation.WriteJson(published);
            return;
        }

        foreach (var warning in published.Warnings ?? [])
            invocation.Terminal.Out.WriteLine($"warning: {warning}");
        invocation.Terminal.Out.WriteLine(published.IsNew
            ? $"published {published.Repository} at {published.CommitId[..8]}: {hub}{published.Repository}"
            : $"{published.Repository} has exactly these files already, at {published.CommitId[..8]}: {hub}{published.Repository}");
    }

    private static HubRepositoryKind Kind(string asked, string folder, IReadOnlyList<string> paths)
    {
        bool Has(string name) => paths.Contains(Path.Combine(folder, name), StringComparer.Ordinal);
        return asked switch
        {
            "adapter" => HubRepositoryKind.Adapter,
            "base-model" => HubRepositoryKind.BaseModel,
            "dataset" => HubRepositoryKind.Dataset,
            _ when Has("adapter_config.json") => HubRepositoryKind.Adapter,
            _ when Has("config.json") => HubRepositoryKind.BaseModel,
            _ => paths.Any(path => Path.GetExtension(path) is ".safetensors" or ".gguf") ? HubRepositoryKind.Adapter : HubRepositoryKind.Dataset,
        };
    }
}
