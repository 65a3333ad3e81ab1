using AdapterHub.Catalog.Repositories;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Web.Api.Hub;

/// <summary>A tree keeps files only; folders are what their paths have in common.</summary>
internal static class RevisionFolders
{
    /// <summary>Null when no file lies below the folder. The top is there in an empty revision too.</summary>
    public static HubFolder? Find(RevisionView revision, string folder)
    {
        folder = folder.Trim('/');
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var entries = revision.Files.Where(file => file.Path.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(file => file.Path[prefix.Length..].Split('/')[0], StringComparer.Ordinal)
            .Select(group => group.SingleOrDefault(file => file.Path.Length == prefix.Length + group.Key.Length) is { } file
                ? new HubFolderEntry(group.Key, IsFolder: false, file.Length, file.Digest)
                : new HubFolderEntry(group.Key, IsFolder: true, group.Sum(below => below.Length)))
            .OrderByDescending(entry => entry.IsFolder).ThenBy(entry => entry.Name, StringComparer.Ordinal).ToList();
        return entries.Count == 0 && folder.Length > 0 ? null : new HubFolder(revision.Repository.ToString(), revision.Commit.Id, folder, entries);
    }
}
