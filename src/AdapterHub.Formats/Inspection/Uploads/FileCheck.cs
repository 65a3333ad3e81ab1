using System.Globalization;

namespace AdapterHub.Formats.Inspection.Uploads;

/// <summary>Judges each file on its own, by what it is and not by what it is called.</summary>
internal sealed class FileCheck(UploadFindings findings, SafetensorsCheck safetensors)
{
    private const string Leftover = "It is a leftover of training that nobody needs in order to use the weights: leave it out.";
    private const string Unpack = "Unpack it and upload the files.";

    private const string Convert =
        "Convert it to safetensors on a machine where you trust it (safetensors.torch.save_file, or save_pretrained with safe_serialization=True) and upload that.";

    private static readonly string[] LeftoverStems = ["training_args", "optimizer", "scheduler", "rng_state", "scaler", "trainer_state"];

    /// <summary>What it is, or null where its bytes cannot be had.</summary>
    public (FileContent Content, IReadOnlySet<string>? ZeroTensors)? Check(UploadFile file)
    {
        FileContent content;
        try
        {
            if (new FileInfo(file.LocalPath).Length is var length && length != file.Length)
            {
                findings.Refuse(file.Path, "the file did not arrive whole", "Upload it again.", null, Bytes(file.Length), Bytes(length));
                return null;
            }

            content = FileSignature.Find(file.LocalPath);
        }
        catch (FileNotFoundException)
        {
            findings.Refuse(file.Path, "the file did not arrive", "Upload it again.");
            return null;
        }

        return (content, Judge(file, content) ? safetensors.Check(file) : null);
    }

    /// <summary>True for a file to be checked as safetensors.</summary>
    private bool Judge(UploadFile file, FileContent content)
    {
        var isTensors = Path.GetExtension(file.Path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase);
        if (PickleFiles.HasPickleName(file.Path))
        {
            JudgePickleName(file, content);
            return false;
        }

        if (FindDanger(content) is { } danger)
        {
            findings.Refuse(file.Path, danger.Problem, danger.Advice, found: isTensors ? "named .safetensors" : null);
            return false;
        }

        if (isTensors)
        {
            if (content is FileContent.Text && LooksLikePointer(file))
            {
                findings.Refuse(file.Path, "this is a git-lfs pointer, not the file it points to", "Run git lfs pull and upload the real file.");
                return false;
            }

            return true;
        }

        JudgeOther(file, content);
        return content == FileContent.Safetensors;
    }

    private void JudgePickleName(UploadFile file, FileContent content)
    {
        var stem = Path.GetFileNameWithoutExtension(file.Path);
        if (content == FileContent.Safetensors)
            findings.Refuse(file.Path, "tools open a file of this name as a pickle, although it is safetensors", "Rename it to end in .safetensors.");
        else if (LeftoverStems.Any(leftover => stem.StartsWith(leftover, StringComparison.OrdinalIgnoreCase)))
            findings.Refuse(file.Path, "this is a pickle file, which runs whatever code it carries when it is loaded", Leftover);
        else
            findings.Refuse(file.Path, "this is a pickle file, which runs whatever code it carries when it is loaded; it was not opened", Convert);
    }

    private static (string Problem, string Advice)? FindDanger(FileContent content) => content switch
    {
        FileContent.Pickle => ("this is a pickle under another name, which runs whatever code it carries when it is loaded", Convert),
        FileContent.Zip => ("this is a zip archive; PyTorch's own .pt and .bin files are such archives of pickles", $"{Unpack} {Convert}"),
        FileContent.HiddenZip => ("a zip archive is hidden in it, so that it is one thing to one program and another to the next", "Upload the file without it."),
        FileContent.SevenZip => ("this is a 7-Zip archive, which can hide anything", Unpack),
        FileContent.OtherArchive => ("this is an archive or a compressed file, which can hide anything", Unpack),
        FileContent.Program => ("this is a program", "Leave it out; a repository holds weights, text and pictures."),
        FileContent.Hdf5 => ("this is an HDF5 file; those of Keras can carry code", "Convert the weights to safetensors."),
        FileContent.NumpyObjects => ("this NumPy file holds Python objects, which are a pickle", "Save numbers alone, or use safetensors."),
        _ => null,
    };

    private void JudgeOther(UploadFile file, FileContent content)
    {
        var extension = Path.GetExtension(file.Path);
        if (content == FileContent.Empty)
            findings.Warn(file.Path, "the file is empty", "Leave it out if it has no purpose.");
        else if (content == FileContent.Gguf)
            findings.Warn(file.Path, "this is a GGUF file; it is kept and offered for download, but not looked into", "Upload the same weights as safetensors too.");
        else if (content == FileContent.Binary && !IsPicture(extension))
            findings.Warn(file.Path, "it is not known what this file is; it is kept and offered for download, but not looked into", "Leave it out unless people need it.");
        else if (content == FileContent.Text && extension is ".py" or ".ipynb")
            findings.Note(file.Path, "this is program code; nothing here runs it", "Who downloads it should read it first.");
    }

    private static bool IsPicture(string extension) =>
        extension.ToUpperInvariant() is ".PNG" or ".JPG" or ".JPEG" or ".GIF" or ".WEBP" or ".AVIF" or ".PDF" or ".MODEL" or ".WAV" or ".MP3" or ".MP4" or ".TTF" or ".WOFF2";

    private static bool LooksLikePointer(UploadFile file) =>
        file.Length < 1024 && File.ReadAllText(file.LocalPath).StartsWith("version https://git-lfs.github.com/spec/", StringComparison.Ordinal);

    private static string Bytes(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} bytes");
}
