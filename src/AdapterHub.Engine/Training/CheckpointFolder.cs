using System.Globalization;

namespace AdapterHub.Engine.Training;

/// <summary>
/// The checkpoints of one run, each a folder <c>step-00000120</c> that appears whole or not at all: it is written under a temporary name and renamed.
/// </summary>
internal sealed class CheckpointFolder(string path)
{
    private const string Prefix = "step-";
    private const string TemporaryPrefix = ".writing-";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string PathOf(int step) => System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step:D8}"));

    /// <summary>Steps with a checkpoint, ascending.</summary>
    public IReadOnlyList<int> Steps() => !Directory.Exists(Path) ? [] : [.. Directory.EnumerateDirectories(Path, Prefix + "*")
        .Select(folder => System.IO.Path.GetFileName(folder)[Prefix.Length..])
        .Where(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)).Order()];

    /// <summary>Writes a checkpoint, unless there is one of that step, which is the same.</summary>
    /// <exception cref="TrainingException">It could not be written; nothing half-written is left, earlier checkpoints are untouched.</exception>
    public string Write(int step, Action<string> writeInto)
    {
        var final = PathOf(step);
        if (Directory.Exists(final))
            return final;
        var temporary = System.IO.Path.Combine(Path, $"{TemporaryPrefix}{step:D8}");
        var isNew = !Directory.Exists(Path);
        try
        {
            RemoveUnfinished();
            Directory.CreateDirectory(temporary);
            writeInto(temporary);
            Directory.Move(temporary, final);
            return final;
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(TrainingFailure.Checkpoint, Describe(step, reason), reason);
        }
        finally
        {
            Delete(temporary);
            if (isNew && Directory.Exists(Path) && !Directory.EnumerateFileSystemEntries(Path).Any())
                Directory.Delete(Path);
        }
    }

    /// <summary>Deletes all but the newest <paramref name="keep"/> and those of <paramref name="spared"/>.</summary>
    public void Prune(int keep, int? spared)
    {
        foreach (var step in Steps().SkipLast(keep).Where(step => step != spared))
            Delete(PathOf(step));
    }

    /// <summary>Deletes what a killed process was writing.</summary>
    private void RemoveUnfinished()
    {
        if (!Directory.Exists(Path))
            return;
        foreach (var folder in Directory.GetDirectories(Path, TemporaryPrefix + "*"))
            Delete(folder);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private string Describe(int step, Exception reason)
    {
        var earlier = Steps();
        var kept = earlier.Count > 0
            ? $"the checkpoint of step {earlier[^1]} is whole; make room and go on from it with --resume"
            : "there is no earlier one; make room and start again";
        return $"the checkpoint of step {step} could not be written to {Path}: {reason.Message.TrimEnd('.')}; {kept}";
    }
}
