namespace AdapterHub.Worker.Runs;

/// <summary>Where adapters and base models of a blend lie: in the folders that the spec gives for their names, otherwise where their own path says.</summary>
internal sealed class NamedFolders(BaseModels bases, IReadOnlyDictionary<string, string> folders)
{
    public string? Find(BlendParent parent) => parent.Path is { } path ? folders.GetValueOrDefault(path, path) : null;

    /// <exception cref="RunInputException">There is no such base model.</exception>
    public string Resolve(string name) => bases.Resolve(folders.GetValueOrDefault(name, name));

    /// <exception cref="RunInputException">No such model, or one whose tokenizer does not belong to it.</exception>
    public ModelFolder OpenModel(string name) => ModelFolder.Open(bases, folders.GetValueOrDefault(name, name));
}
