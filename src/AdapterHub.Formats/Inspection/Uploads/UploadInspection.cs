namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>
/// Looks at the files of a revision before it is published and says everything that is wrong with them at once. Files are judged by their
/// bytes; nothing of them is run or kept, and memory does not grow with their size.
/// </summary>
public static class UploadInspection
{
    /// <summary>Judges an upload.</summary>
    /// <param name="kind">What the files are to be.</param>
    /// <param name="files">Every file of the revision, those unchanged since an earlier one included.</param>
    /// <param name="options">What to judge against.</param>
    /// <param name="cancellation">Looked at between blocks of a file.</param>
    /// <exception cref="IOException">A file cannot be read on this machine, through no fault of its own.</exception>
    public static UploadReport Inspect(UploadKind kind, IReadOnlyList<UploadFile> files, UploadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        options ??= new UploadOptions();
        var findings = new UploadFindings();
        if (files.Count == 0 || files.Count > options.MostFiles)
        {
            findings.Refuse(null, files.Count == 0 ? "there are no files" : "there are too many files", "Upload the files of one repository.", expected: $"1 to {options.MostFiles}", found: $"{files.Count}");
            return new UploadReport { Findings = findings.ToList([]) };
        }

        UploadPaths.Check(files, findings);
        var zeroTensors = CheckFiles(files, options, findings, cancellation);
        var adapter = new AdapterUpload(files, options, findings);
        var model = new ModelUpload(files, options, findings);
        switch (kind)
        {
            case UploadKind.Adapter:
                adapter.Check(zeroTensors.GetValueOrDefault(Peft.PeftAdapterFolder.TensorFileName));
                break;
            case UploadKind.BaseModel:
                model.Check();
                break;
            default:
                new DatasetUpload(files, findings, cancellation).Check();
                break;
        }

        foreach (var finding in options.AlsoJudge?.Invoke(files) ?? [])
            findings.Add(finding);
        return new UploadReport { Findings = findings.ToList(files), Adapter = adapter.Adapter, Coverage = adapter.Coverage, Base = model.Map };
    }

    private static Dictionary<string, IReadOnlySet<string>?> CheckFiles(
        IReadOnlyList<UploadFile> files, UploadOptions options, UploadFindings findings, CancellationToken cancellation)
    {
        var check = new FileCheck(findings, new SafetensorsCheck(findings, options.Limits, cancellation));
        var zeroTensors = new Dictionary<string, IReadOnlySet<string>?>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (check.Check(file) is { ZeroTensors: var tensors })
                zeroTensors[file.Path] = tensors;
        }

        return zeroTensors;
    }
}
