using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Publishing;

/// <summary>A commit's id: SHA-1 over all that makes it what it is, so that it can be checked at any time from what is stored.</summary>
public static class CommitIdentity
{
    /// <summary>
    /// The hashed text, UTF-8 with line feeds. Lengths stand before free text and paths hold no line feed, so no two commits write the same:
    /// <c>adapterhub commit 1 / parent ID or - / time MILLISECONDS / author BYTES NAME / message BYTES TEXT / DIGEST LENGTH PATH ...</c>,
    /// the files by code unit of their paths.
    /// </summary>
    /// <param name="parentId">Null for the first commit.</param>
    /// <param name="authorName">As stored.</param>
    /// <param name="message">The whole message, its title included.</param>
    /// <param name="createdAt">Counted in whole milliseconds.</param>
    /// <param name="files">In any order.</param>
    public static string Compute(string? parentId, string authorName, string message, DateTimeOffset createdAt, IEnumerable<TreeFile> files)
    {
        ArgumentNullException.ThrowIfNull(authorName);
        ArgumentNullException.ThrowIfNull(message);
        var text = new StringBuilder("adapterhub commit 1\n");
        text.Append(CultureInfo.InvariantCulture, $"parent {parentId ?? "-"}\ntime {createdAt.ToUnixTimeMilliseconds()}\n");
        text.Append(CultureInfo.InvariantCulture, $"author {Encoding.UTF8.GetByteCount(authorName)} {authorName}\n");
        text.Append(CultureInfo.InvariantCulture, $"message {Encoding.UTF8.GetByteCount(message)} {message}\n");
        foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{file.Digest} {file.Length} {file.Path}\n");
        // 40 digits are what clients of the Hugging Face API expect of a revision.
#pragma warning disable CA5350
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }

    /// <summary>The id that a stored commit must have.</summary>
    public static string Compute(Commit commit, string? parentId)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return Compute(parentId, commit.AuthorName, WholeMessage(commit), commit.CreatedAt, commit.Files.Select(file => new TreeFile(file.Path, file.Digest, file.Length)));
    }

    /// <summary>Title and message as they were given, one text.</summary>
    public static string WholeMessage(Commit commit)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return commit.Message is null ? commit.Title : $"{commit.Title}\n{commit.Message}";
    }
}

/// <summary>A file of a revision.</summary>
public sealed record TreeFile(string Path, string Digest, long Length);
