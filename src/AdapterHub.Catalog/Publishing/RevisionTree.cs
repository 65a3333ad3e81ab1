namespace AdapterHub.Catalog.Publishing;

/// <summary>The files of a revision by path, and how changes make another of them.</summary>
internal sealed class RevisionTree
{
    /// <summary>Bounds what one commit writes and what a page of files has to show.</summary>
    public const int MostFiles = 10_000;

    private readonly SortedDictionary<string, TreeFile> _files = new(StringComparer.Ordinal);

    public RevisionTree(IEnumerable<TreeFile> files)
    {
        foreach (var file in files)
            _files.Add(file.Path, file);
    }

    public IReadOnlyCollection<TreeFile> Files => _files.Values;

    /// <summary>The tree after the changes. Every fault of theirs is added to <paramref name="faults"/>; with one, the result is of no use.</summary>
    /// <param name="changes">Paths and digests, unchecked.</param>
    /// <param name="replace">Whether files that no change names go.</param>
    /// <param name="lengths">Lengths of the blobs that may be used here; another digest is a fault.</param>
    /// <param name="faults">Takes what is wrong, one sentence each.</param>
    public RevisionTree Apply(IReadOnlyList<FileChange> changes, bool replace, IReadOnlyDictionary<string, long> lengths, ICollection<string> faults)
    {
        var next = new RevisionTree(replace ? [] : _files.Values);
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (TreePath.FindFault(change.Path) is { } fault)
                faults.Add(fault);
            else if (!named.Add(change.Path))
                faults.Add($"{TreePath.Printable(change.Path)}: it is named twice.");
            else if (change.Digest is null)
                next.Remove(change.Path, replace ? this : next, faults);
            else if (lengths.TryGetValue(change.Digest, out var length))
                next._files[change.Path] = new TreeFile(change.Path, change.Digest, length);
            else
                faults.Add($"{TreePath.Printable(change.Path)}: no bytes with the digest {TreePath.Printable(change.Digest)} were uploaded by you; upload the file first.");
        }

        if (next._files.Count > MostFiles)
            faults.Add($"The revision would have {next._files.Count} files, and {MostFiles} are allowed; pack small files together.");
        foreach (var collision in TreePath.FindCollisions(next._files.Keys))
            faults.Add(collision);
        return next;
    }

    public bool IsSameAs(RevisionTree other) => _files.Values.SequenceEqual(other._files.Values);

    private void Remove(string path, RevisionTree before, ICollection<string> faults)
    {
        if (!before._files.ContainsKey(path))
            faults.Add($"{TreePath.Printable(path)}: there is no such file to remove.");
        _files.Remove(path);
    }
}
