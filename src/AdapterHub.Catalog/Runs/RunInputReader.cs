using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Catalog.Repositories;
using Microsoft.EntityFrameworkCore;

namespace AdapterHub.Catalog.Runs;

/// <summary>What a run would read.</summary>
/// <param name="BaseName">The full name of the base model.</param>
/// <param name="Base">Its files.</param>
/// <param name="Texts">All texts.</param>
public sealed record RunInputs(string BaseName, IReadOnlyList<RunInputFile> Base, IReadOnlyList<RunInputFile> Texts);

/// <summary>Looks up what a run would read, by the same rules and rights as when it is started, and starts nothing.</summary>
public sealed class RunInputReader(IDbContextFactory<CatalogContext> contexts)
{
    /// <exception cref="CatalogException">As <see cref="RunDesk.StartAsync"/>.</exception>
    public async Task<RunInputs> ReadAsync(Actor actor, string owner, string baseModel, IReadOnlyList<string> texts, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(texts);
        await using var context = await contexts.CreateDbContextAsync(cancel);
        var row = await RepositoryCatalog.RequireOwnerAsync(context, actor, owner, cancel);
        var run = new Run { Name = "", SpecJson = "", BaseReference = baseModel };
        var references = new RunReferences(context, actor, row.Id);
        await references.AddBaseAsync(run, baseModel, cancel);
        var ofBase = Files(run.Inputs);
        run.Inputs.Clear();
        foreach (var text in texts)
            await references.AddTextAsync(run, text, cancel);
        return new RunInputs(run.Sources.Find(source => source.Relation == LineageRelation.BaseModel)!.Reference, ofBase, Files(run.Inputs));
    }

    private static List<RunInputFile> Files(IEnumerable<RunInput> inputs) =>
        [.. inputs.Select(input => new RunInputFile(input.Reference, input.Path, input.Digest, input.Length))];
}
