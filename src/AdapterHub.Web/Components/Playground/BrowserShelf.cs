using System.Text;
using Microsoft.JSInterop;

namespace AdapterHub.Web.Components.Playground;

/// <summary>One lane of an entry.</summary>
/// <param name="Text">Null in a list of entries: it is read by itself.</param>
public sealed record ShelvedLane(string Label, string Title, string About, string? Text = null);

/// <summary>What a person wrote, with the page's address then.</summary>
/// <param name="Address">Null in a list of entries: it is read by itself.</param>
public sealed record ShelfEntry(string Id, DateTimeOffset At, string Title, IReadOnlyList<ShelvedLane> Lanes, string? Address = null);

/// <summary>Entries in a person's own browser, newest first; the hub keeps none of them.</summary>
/// <param name="module"><c>js/shelf.js</c></param>
/// <param name="name">Different for every person who uses the browser.</param>
/// <param name="most">Older ones go.</param>
internal sealed class BrowserShelf(IJSObjectReference module, string name, int most)
{
    /// <summary>Of one lane: a message from a page to its circuit is at most 64 KiB, and escapes take room.</summary>
    private const int MostTextBytes = 24_000;

    public IReadOnlyList<ShelfEntry> Entries { get; private set; } = [];

    public async Task LoadAsync(CancellationToken cancel) => Entries = await module.InvokeAsync<List<ShelfEntry>>("list", cancel, name);

    /// <param name="replacesSame">Instead of an entry with the same address.</param>
    public async Task PutAsync(ShelfEntry entry, bool replacesSame, CancellationToken cancel)
    {
        await module.InvokeVoidAsync("put", cancel, name, entry with { Lanes = [.. entry.Lanes.Select(lane => lane with { Text = Cut(lane.Text ?? "") })] }, most, replacesSame);
        await LoadAsync(cancel);
    }

    /// <summary>An entry with its address and texts; null where another tab took it away.</summary>
    public async Task<ShelfEntry?> FindAsync(ShelfEntry entry, CancellationToken cancel)
    {
        if (await module.InvokeAsync<string?>("address", cancel, name, entry.Id) is not { } address)
            return null;
        var lanes = new List<ShelvedLane>();
        for (var place = 0; place < entry.Lanes.Count; place++)
            lanes.Add(entry.Lanes[place] with { Text = await module.InvokeAsync<string?>("text", cancel, name, entry.Id, place) ?? "" });
        return entry with { Address = address, Lanes = lanes };
    }

    public async Task RemoveAsync(ShelfEntry entry, CancellationToken cancel)
    {
        await module.InvokeVoidAsync("remove", cancel, name, entry.Id);
        await LoadAsync(cancel);
    }

    public async Task ClearAsync(CancellationToken cancel)
    {
        await module.InvokeVoidAsync("clear", cancel, name);
        Entries = [];
    }

    private static string Cut(string text)
    {
        while (Encoding.UTF8.GetByteCount(text) > MostTextBytes)
            text = text[..(text.Length * 3 / 4)];
        return text;
    }
}
