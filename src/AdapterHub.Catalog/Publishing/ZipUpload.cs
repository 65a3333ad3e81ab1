using System.Buffers.Binary;
using System.IO.Compression;

namespace AdapterHub.Catalog.Publishing;

/// <summary>
/// An uploaded zip archive, looked at before a byte of it is unpacked: how many entries it has, where they would lie, what they are and how
/// large they become. Names are never joined to a folder of this machine.
/// </summary>
internal sealed class ZipUpload : IDisposable
{
    /// <summary>Unpacked bytes that are allowed for each packed one, beyond <see cref="FreeBytes"/>. Weights hardly shrink; text does, about fivefold.</summary>
    private const int MostRatio = 100;
    private const long FreeBytes = 64 << 20;

    private const int EndLength = 22;
    private const int CentralLength = 46;
    private readonly ZipArchive _archive;

    private ZipUpload(ZipArchive archive, IReadOnlyList<ZipUploadEntry> entries)
    {
        _archive = archive;
        Entries = entries;
    }

    /// <summary>The files, folders and what systems leave behind taken out, without the folder around everything.</summary>
    public IReadOnlyList<ZipUploadEntry> Entries { get; }

    /// <summary>Opens an archive and checks all of it but the packed bytes.</summary>
    /// <param name="stream">Stays the caller's, open until the archive was read.</param>
    /// <exception cref="CatalogException">Invalid, with every fault.</exception>
    public static ZipUpload Open(Stream stream)
    {
        var count = CountEntries(stream);
        if (count > RevisionTree.MostFiles)
            throw new CatalogException(CatalogFault.Invalid, $"The archive has more than {RevisionTree.MostFiles} entries, the most that a revision may have.");
        ZipArchive? archive = null;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var files = archive.Entries.Where(entry => !IsFolder(entry) && !IsLeftover(entry.FullName)).Select(entry => (Path: PathOf(entry), Entry: entry)).ToList();
            var around = FolderAround.Find(files.Select(file => file.Path));
            List<ZipUploadEntry> entries = [.. files.Select(file => new ZipUploadEntry(file.Path[around.Length..], file.Entry.Length, file.Entry))];
            Check(entries, stream.Length);
            var upload = new ZipUpload(archive, entries);
            archive = null;
            return upload;
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException)
        {
            throw Broken(broken.Message);
        }
        finally
        {
            archive?.Dispose();
        }
    }

    public void Dispose() => _archive.Dispose();

    public static CatalogException Broken(string why) =>
        new(CatalogFault.Invalid, $"The archive cannot be read: {TreePath.Printable(why)} Pack it again as an ordinary zip, or drop the files themselves.");

    private static void Check(List<ZipUploadEntry> entries, long packed)
    {
        var faults = new List<string>();
        foreach (var (path, _, entry) in entries)
        {
            if (TreePath.FindFault(path) is { } fault)
                faults.Add(fault);
            if (entry.IsEncrypted)
                faults.Add($"{TreePath.Printable(path)}: it is encrypted; pack it without a password.");
            if (FindKind(entry) is { } kind)
                faults.Add($"{TreePath.Printable(path)}: it is {kind}, which could lead out of the archive; pack the file itself.");
        }

        faults.AddRange(TreePath.FindCollisions(entries.Select(entry => entry.Path)));
        var unpacked = entries.Aggregate(0L, (sum, entry) => sum > long.MaxValue - entry.Length ? long.MaxValue : sum + entry.Length);
        if (unpacked > FreeBytes && (unpacked - FreeBytes) / MostRatio > packed)
            faults.Insert(0, $"The archive has {ByteText.Of(packed)} and says that it unpacks to {ByteText.Of(unpacked)}, as archives do that are made to fill disks. Drop the files themselves.");
        if (entries.Count == 0)
            faults.Add("The archive holds no file.");
        if (faults.Count > 0)
            throw CommitPlan.Refuse(faults);
    }

    /// <summary>Old Windows programs part folders by backslashes.</summary>
    private static string PathOf(ZipArchiveEntry entry) =>
        entry.FullName.Contains('/', StringComparison.Ordinal) ? entry.FullName : entry.FullName.Replace('\\', '/');

    private static bool IsFolder(ZipArchiveEntry entry) => entry.FullName.EndsWith('/') || (entry.FullName.EndsWith('\\') && entry.Length == 0);

    /// <summary>What systems put into folders by themselves.</summary>
    private static bool IsLeftover(string path) =>
        path.Split('/') is var parts && (parts[0] == "__MACOSX" || parts[^1] is ".DS_Store" or "Thumbs.db" or "desktop.ini" || parts[^1].StartsWith("._", StringComparison.Ordinal));

    /// <summary>The kind of a file that is none, by the upper half of the external attributes, where Unix programs put the mode; 0 says nothing.</summary>
    private static string? FindKind(ZipArchiveEntry entry) => ((entry.ExternalAttributes >> 16) & 0xF000) switch
    {
        0xA000 => "a symbolic link",
        0 or 0x8000 => null,
        _ => "a device, a pipe or another special file",
    };

    /// <summary>
    /// Counts the entries of the central directory, which ends the archive, up to one more than may be: the reader below would hold them all
    /// in memory. APPNOTE.TXT 6.3.10, sections 4.3.12, 4.3.14 to 4.3.16.
    /// </summary>
    private static int CountEntries(Stream stream)
    {
        var position = FindDirectory(stream);
        Span<byte> header = stackalloc byte[CentralLength];
        var count = 0;
        while (count <= RevisionTree.MostFiles && position <= stream.Length - CentralLength)
        {
            stream.Position = position;
            stream.ReadExactly(header);
            if (!header.StartsWith("PK\x01\x02"u8))
                break;
            count++;
            position += CentralLength + BinaryPrimitives.ReadUInt16LittleEndian(header[28..])
                + BinaryPrimitives.ReadUInt16LittleEndian(header[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
        }

        stream.Position = 0;
        return count;
    }

    private static long FindDirectory(Stream stream)
    {
        var tail = new byte[(int)Math.Min(stream.Length, EndLength + ushort.MaxValue)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || end + EndLength > tail.Length)
            throw Broken("it has no end of a zip archive.");
        long directory = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        if (directory != uint.MaxValue)
            return directory;
        // Zip64: a locator stands right before, and points to the record with the true offset.
        if (end < 20 || !tail.AsSpan(end - 20).StartsWith("PK\x06\x07"u8))
            throw Broken("its directory is not where it says.");
        var record = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - 20 + 8));
        if (record < 0 || record > stream.Length - 56)
            throw Broken("its directory is not where it says.");
        var fields = new byte[56];
        stream.Position = record;
        stream.ReadExactly(fields);
        directory = BinaryPrimitives.ReadInt64LittleEndian(fields.AsSpan(48));
        return directory >= 0 && directory <= stream.Length ? directory : throw Broken("its directory is not where it says.");
    }
}

/// <summary>A file of an archive.</summary>
/// <param name="Path">Where it will lie in the draft.</param>
/// <param name="Length">Bytes unpacked, as the archive says; unpacking checks it.</param>
/// <param name="Entry">For reading.</param>
internal sealed record ZipUploadEntry(string Path, long Length, ZipArchiveEntry Entry);
