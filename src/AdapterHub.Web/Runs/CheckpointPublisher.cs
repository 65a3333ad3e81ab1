using System.Globalization;
using System.Text;
using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Publishing;
using AdapterHub.Catalog.Repositories;
using AdapterHub.Catalog.Runs;
using AdapterHub.Catalog.Storage;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Web.Runs;

/// <summary>Publishes the adapter of a checkpoint by itself, by the one way into the catalogue, with a card that says which step of which run it is.</summary>
public sealed class CheckpointPublisher(RunReader runs, RunCheckpointReader checkpoints, Publisher publisher, BlobStore blobs)
{
    private const string CardFile = "README.md";

    /// <exception cref="CatalogException">NotFound, Forbidden; Conflict where the name is taken; what <see cref="Publisher"/> throws.</exception>
    public async Task<PublishedCommit> PublishAsync(Actor actor, long run, int step, RepositoryName target, RepositoryVisibility visibility, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var files = await checkpoints.ReadAdapterAsync(actor, run, step, cancel);
        var detail = await runs.GetDetailAsync(actor, run, cancel);
        var changes = new List<FileChange>();
        foreach (var file in files)
        {
            // A checkpoint's bytes are the hub's own; whoever publishes them sends them by this.
            await using var bytes = File.OpenRead(blobs.PathOf(file.Digest));
            changes.Add(FileChange.Put(file.Path, (await blobs.ReceiveAsync(actor, bytes, new ExpectedContent { Digest = file.Digest, Length = file.Length }, cancel)).Digest));
        }

        if (!files.Any(file => file.Path == CardFile))
        {
            var card = new MemoryStream(Encoding.UTF8.GetBytes(await CardAsync(actor, detail, step, target, cancel)));
            changes.Add(FileChange.Put(CardFile, (await blobs.ReceiveAsync(actor, card, cancel: cancel)).Digest));
        }

        return await publisher.CreateAsync(
            actor, new NewRepository(target, RepositoryKind.Adapter, visibility), new CommitRequest { Message = $"Step {step} of run {run}: {detail.Run.Name}", Files = changes }, cancel);
    }

    private async Task<string> CardAsync(Actor actor, RunDetail detail, int step, RepositoryName target, CancellationToken cancel)
    {
        var series = await runs.ReadSeriesAsync(actor, detail.Run.Id, ["loss", "heldOut.loss"], 20_000, 0, step, cancel);
        double? At(string name) => series.First(one => one.Name == name).Points is { Count: > 0 } points ? points[^1].Value : null;
        var text = new StringBuilder("---\n");
        if (detail.Sources.FirstOrDefault(source => source.Relation == LineageRelation.BaseModel) is { } model)
            text.Append(CultureInfo.InvariantCulture, $"base_model: {model.Reference}\n");
        text.Append("library_name: peft\ntags:\n- lora\n- checkpoint\n---\n\n");
        text.Append(CultureInfo.InvariantCulture, $"# {target.Name}\n\nThe adapter as it stood after step {step} of {detail.Run.Steps} in run {detail.Run.Id} of this hub.\n\n## Figures\n\n| | |\n|---|---:|\n| step | {step} of {detail.Run.Steps} |\n");
        if (At("loss") is { } loss)
            text.Append(CultureInfo.InvariantCulture, $"| training loss | {loss:0.0000} |\n");
        if (At("heldOut.loss") is { } heldOut)
            text.Append(CultureInfo.InvariantCulture, $"| held-out loss | {heldOut:0.0000} |\n");
        if (RunLauncher.ReadSpec(detail.SpecJson) is TrainSpec spec)
            text.Append(CultureInfo.InvariantCulture, $"\n## Settings\n\n| setting | value |\n|---|---|\n| rank | {spec.Lora.Rank} |\n| alpha | {spec.Lora.Alpha} |\n| targets | {string.Join(", ", spec.Lora.Targets)} |\n| seed | {spec.Loop.Seed} |\n");
        return text.ToString();
    }
}
