using System.CommandLine;
using AdapterHub.Cli.Hub;
using AdapterHub.Cli.Output;
using AdapterHub.Protocol.Hub;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Verbs;

/// <summary>Fetches a revision. Every file is checked against its SHA-256 before it takes its name; repeated, only what is missing is fetched.</summary>
internal sealed class PullVerb() : HubVerb("pull", "fetches an adapter, a base model or a dataset from a hub")
{
    private readonly Argument<string> _name = new("name") { HelpName = "OWNER/NAME[@REVISION]", Description = "what to fetch; a revision is a branch, a tag or a commit id" };
    private readonly Option<string?> _out = Flag.Text("--out", "DIR", "folder to write to (default: NAME in the current folder)");

    public override IReadOnlyList<Argument> Arguments => [_name];

    public override IReadOnlyList<FlagGroup> Groups => [new("Files", [_out]), HubFlags];

    public override IReadOnlyList<string> Examples => ["adapterhub pull adapterhub/king-james", "adapterhub pull ada/my-adapter@v1 --out v1"];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var (name, revision) = invocation.Get(_name).Split('@', 2) switch { [var plain] => (plain, "main"), [var plain, var asked] => (plain, asked), _ => ("", "") };
        if (name.Split('/') is not [{ Length: > 0 }, { Length: > 0 } last] || revision.Length == 0)
            throw new RunInputException($"\"{invocation.Get(_name)}\" is no repository. It is OWNER/NAME, or OWNER/NAME@REVISION.");
        var folder = Path.GetFullPath(invocation.Get(_out) ?? last);
        using var client = Connect(invocation);
        var found = await client.GetRevisionAsync(name, revision, invocation.Stop).ConfigureAwait(false);
        // Every name is looked at before the first byte is written.
        var targets = found.Files.ToDictionary(file => file.Path, file => LocalTree.Target(folder, file.Path), StringComparer.Ordinal);
        var missing = new List<HubFile>();
        foreach (var file in found.Files)
        {
            if (!await IsHereAsync(targets[file.Path], file, invocation.Stop).ConfigureAwait(false))
                missing.Add(file);
        }

        await new TransferView(invocation).RunAsync("fetched", [.. missing.Select(file => (file.Path, file.Length))], (k, progress) =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(targets[missing[k].Path])!);
            return client.DownloadAsync(name, found.Commit.Id, missing[k], targets[missing[k].Path], progress, invocation.Stop);
        }).ConfigureAwait(false);
        Show(invocation, found, folder, missing.Count);
        return ExitCode.Ok;
    }

    private static async Task<bool> IsHereAsync(string target, HubFile file, CancellationToken stop)
    {
        if (new FileInfo(target) is not { Exists: true } here || here.Length != file.Length)
            return false;
        return (await LocalTree.HashAsync(here.DirectoryName!, target, stop).ConfigureAwait(false)).Digest == file.Digest;
    }

    private static void Show(Invocation invocation, HubRevision revision, string folder, int fetched)
    {
        if (invocation.IsJson)
            invocation.WriteJson(new PulledRevision(revision.Repository, revision.Commit.Id, folder, revision.Files.Count, fetched, revision.Files.Sum(file => file.Length)));
        else
            invocation.Terminal.Out.WriteLine($"{revision.Repository} at {revision.Commit.Id[..8]} is in {folder}{(fetched == 0 ? "; everything was there already" : "")}");
    }
}

/// <summary>What was fetched, as JSON.</summary>
internal sealed record PulledRevision(string Repository, string CommitId, string Folder, int Files, int Fetched, long Bytes);
