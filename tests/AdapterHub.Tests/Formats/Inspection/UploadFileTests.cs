using System.IO.Compression;
using System.Text;
using AdapterHub.Formats.Inspection;
using AdapterHub.Formats.Inspection.Uploads;

namespace AdapterHub.Tests.Formats.Inspection;

/// <summary>Files and paths on their own, in a dataset, which asks for no particular file.</summary>
public sealed class UploadFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> HostileFiles { get; } = new()
    {
        { "zip", "zip archive" },
        { "7z", "7-Zip" },
        { "gzip", "archive" },
        { "xz", "archive" },
        { "zstd", "archive" },
        { "tar", "archive" },
        { "rar", "archive" },
        { "elf", "program" },
        { "windows", "program" },
        { "macos", "program" },
        { "wasm", "program" },
        { "pickle2", "pickle" },
        { "pickle0", "pickle" },
        { "pickle0-inst", "pickle" },
        { "pickle-hidden-frame", "pickle" },
        { "hdf5", "HDF5" },
        { "numpy-objects", "NumPy" },
        { "picture-with-zip", "hidden" },
        { "text-with-zip", "hidden" },
        { "zip64-behind", "hidden" },
        { "zip-before-more", "hidden" },
    };

    [Theory]
    [MemberData(nameof(HostileFiles))]
    public void HostileFile_IsRefusedUnderAnyName(string kind, string word)
    {
        foreach (var name in new[] { "notes.txt", "model.safetensors", "picture.png", "config.json", "no-extension" })
        {
            var finding = Inspect(InspectionFiles.File(_folder, name, Hostile(kind))).First(finding => finding.Severity == FindingSeverity.Refused);
            finding.Problem.ShouldContain(word, Case.Insensitive, $"{kind} as {name}");
            finding.Advice.ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData("cat\ndog\nelephant\nfox.")]
    [InlineData("chapter\nOne\nIt was a dark and stormy night.")]
    [InlineData("N. B. this is a text.")]
    [InlineData("(a remark)\n.")]
    [InlineData("I\n.")]
    [InlineData("MZ is how a Windows program begins, and so does this sentence, which is long enough to have a word where the offset would be.")]
    [InlineData("PK is a sort of crisps.")]
    [InlineData("#!/bin/sh\necho hello\n")]
    [InlineData("BZh9 is a cell reference.")]
    [InlineData("Grüße, 你好, 😀\n")]
    public void HarmlessText_PassesWithoutARemark(string text) => Inspect(InspectionFiles.File(_folder, "notes.txt", text)).ShouldBeEmpty();

    [Fact]
    public void TextCutWithinACharacterByTheSample_IsStillText() =>
        Inspect(InspectionFiles.File(_folder, "notes.txt", new string('a', 4095) + "é and more")).ShouldBeEmpty();

    [Theory]
    [InlineData("weights.pt")]
    [InlineData("weights.PTH")]
    [InlineData("model.ckpt")]
    [InlineData("x.pkl")]
    public void PickleName_IsRefusedWhateverIsInside(string name) =>
        Inspect(InspectionFiles.File(_folder, name, "harmless")).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Refused);

    [Fact]
    public void SafetensorsNamedAsAPickle_IsToBeRenamed() =>
        Inspect(InspectionFiles.File(_folder, "adapter_model.bin", SafetensorsBytes.Small)).ShouldHaveSingleItem().Advice.ShouldContain("Rename");

    [Fact]
    public void SafetensorsUnderAnotherName_IsCheckedAllTheSame()
    {
        Inspect(InspectionFiles.File(_folder, "weights.dat", SafetensorsBytes.Small)).ShouldBeEmpty();
        Inspect(InspectionFiles.File(_folder, "weights.dat", [.. SafetensorsBytes.Small, 0])).ShouldHaveSingleItem().Problem.ShouldContain("after the last tensor");
    }

    [Fact]
    public void PointerOfGitLfs_IsNamedAsSuch() =>
        Inspect(InspectionFiles.File(_folder, "model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"))
            .ShouldHaveSingleItem().Problem.ShouldContain("git-lfs");

    [Fact]
    public void ShortOrMissingFile_DidNotArrive()
    {
        var whole = InspectionFiles.File(_folder, "a.txt", "hello");
        Inspect(whole with { Length = 6 }).ShouldHaveSingleItem().Problem.ShouldContain("whole");
        Inspect(whole with { LocalPath = _folder["absent"] }).ShouldHaveSingleItem().Problem.ShouldContain("arrive");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../up.txt")]
    [InlineData("a/../b.txt")]
    [InlineData("a//b.txt")]
    [InlineData("a/./b.txt")]
    [InlineData("a\\b.txt")]
    [InlineData("bell\u0007.txt")]
    [InlineData("new\nline.txt")]
    [InlineData("right\u202Eto-left.txt")]
    [InlineData("zero\u200Bwidth.txt")]
    [InlineData(".git/config")]
    [InlineData("a/.GIT/hooks/post-checkout")]
    [InlineData(".env")]
    public void BadPath_IsRefused(string path) =>
        Inspect(InspectionFiles.File(_folder, "x", "text") with { Path = path }).ShouldContain(finding => finding.Severity == FindingSeverity.Refused && finding.File == path);

    [Fact]
    public void HalfACharacterInAPath_IsRefused() =>
        Inspect(InspectionFiles.File(_folder, "x", "text") with { Path = "half" + '\uD800' }).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Refused);

    [Fact]
    public void LongNames_AreRefused()
    {
        Inspect(InspectionFiles.File(_folder, new string('é', 128), "x")).ShouldHaveSingleItem().Problem.ShouldContain("too long");
        Inspect(InspectionFiles.File(_folder, string.Join('/', Enumerable.Repeat("folder", 200)), "x")).ShouldHaveSingleItem().Problem.ShouldContain("too long");
    }

    [Theory]
    [InlineData(".DS_Store")]
    [InlineData("__MACOSX/._x")]
    [InlineData(".cache/x")]
    [InlineData("nul.txt")]
    [InlineData("a:b.txt")]
    [InlineData("trailing./x")]
    [InlineData("cafe\u0301.txt")]
    public void AwkwardPath_IsWarnedOf(string path) =>
        Inspect(InspectionFiles.File(_folder, "x", "text") with { Path = path }).ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Warning);

    [Theory]
    [InlineData(".gitattributes")]
    [InlineData("notes/deep/er.txt")]
    [InlineData("größe.txt")]
    [InlineData("with space.txt")]
    public void PlainPath_Passes(string path) => Inspect(InspectionFiles.File(_folder, "x", "text") with { Path = path }).ShouldBeEmpty();

    [Theory]
    [InlineData("README.md", "readme.MD")]
    [InlineData("É.txt", "é.txt")]
    [InlineData("a.txt", "a.txt")]
    [InlineData("a", "a/b.txt")]
    [InlineData("A/b.txt", "a")]
    public void CollidingPaths_AreRefused(string one, string other) =>
        Inspect(InspectionFiles.File(_folder, "x", "1") with { Path = one }, InspectionFiles.File(_folder, "y", "2") with { Path = other })
            .ShouldHaveSingleItem().Severity.ShouldBe(FindingSeverity.Refused);

    [Fact]
    public void FindingsOfHostileNames_PrintAsOneLine() =>
        Inspect(InspectionFiles.File(_folder, "x", "1") with { Path = "a\u001b[31m\n.txt" })[0].ToString().Any(char.IsControl).ShouldBeFalse();

    [Fact]
    public void NoFilesOrTooMany_AreRefused()
    {
        UploadInspection.Inspect(UploadKind.Dataset, []).IsRefused.ShouldBeTrue();
        var file = InspectionFiles.File(_folder, "x", "1");
        UploadInspection.Inspect(UploadKind.Dataset, [file, file with { Path = "y" }], new UploadOptions { MostFiles = 1 }).IsRefused.ShouldBeTrue();
    }

    private static List<InspectionFinding> Inspect(params UploadFile[] files) =>
        [.. UploadInspection.Inspect(UploadKind.Dataset, files).Findings.Where(finding => finding is not { File: null, Problem: "there are no rows in it" })];

    private static byte[] Hostile(string kind) => kind switch
    {
        "zip" => Zip(),
        "7z" => [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, 0, 4, 1, 2, 3, 4],
        "gzip" => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3],
        "xz" => [0xFD, .. "7zXZ\0"u8, 0, 4],
        "zstd" => [0x28, 0xB5, 0x2F, 0xFD, 0x24, 1],
        "tar" => [.. new byte[257], .. "ustar\0"u8, .. new byte[249]],
        "rar" => [.. "Rar!"u8, 0x1A, 7, 0],
        "elf" => [0x7F, .. "ELF"u8, 2, 1, 1],
        "windows" => [.. "MZ"u8, .. new byte[58], 64, 0, 0, 0, .. "PE\0\0"u8],
        "macos" => [0xCF, 0xFA, 0xED, 0xFE, 7, 0, 0, 1],
        "wasm" => [0, .. "asm"u8, 1, 0, 0, 0],
        "pickle2" => [0x80, 2, .. "cos\nsystem\nX"u8, 2, 0, 0, 0, .. "ls"u8, 0x85, (byte)'R', (byte)'.'],
        "pickle0" => [.. "cos\nsystem\n(S'ls'\ntR."u8],
        "pickle0-inst" => [.. "(S'ls'\nios\nsystem\n."u8],
        // Without a PROTO byte, behind an inert first value, with a string whose length is not what a text would have.
        "pickle-hidden-frame" => [(byte)'N', (byte)'0', 0x8C, 2, .. "os"u8, 0x8C, 6, .. "system"u8, 0x93, 0x8C, 2, .. "ls"u8, 0x85, (byte)'R', (byte)'.', .. new byte[500]],
        "hdf5" => [0x89, .. "HDF\r\n"u8, 0x1A, (byte)'\n'],
        "numpy-objects" => [0x93, .. "NUMPY"u8, 1, 0, 70, 0, .. "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"u8],
        "picture-with-zip" => [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. new byte[100], .. Zip()],
        "text-with-zip" => [.. Encoding.UTF8.GetBytes(new string('a', 100_000)), .. Zip()],
        "zip64-behind" => [.. "text "u8, .. "PK\u0006\u0007"u8, .. new byte[16], .. "PK\u0005\u0006"u8, .. new byte[18]],
        "zip-before-more" => [.. "text "u8, .. Zip(), .. "text behind it"u8],
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static byte[] Zip()
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("data.pkl").Open();
            entry.Write("cos\nsystem\n(S'ls'\ntR."u8);
        }

        return bytes.ToArray();
    }
}
