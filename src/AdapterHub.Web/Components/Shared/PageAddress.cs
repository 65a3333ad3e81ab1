using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace AdapterHub.Web.Components.Shared;

/// <summary>
/// The address of a page that changes it by itself. The browser confirms a change a moment later, and only then does <see cref="NavigationManager.Uri"/>
/// have it: what is changed meanwhile begins here, where the page is on its way to, or the change before would be lost. One a circuit.
/// </summary>
public sealed class PageAddress : IDisposable
{
    private readonly NavigationManager _navigation;

    /// <summary>Asked for and not confirmed yet, in order.</summary>
    private readonly List<string> _ahead = [];

    /// <summary>The newest of those that were confirmed, as the browser writes it and as it was asked for: they may differ in what is escaped.</summary>
    private (string Told, string Asked) _confirmed;

    public PageAddress(NavigationManager navigation)
    {
        ArgumentNullException.ThrowIfNull(navigation);
        _navigation = navigation;
        navigation.LocationChanged += Confirm;
    }

    /// <summary>Where the page is, or is on its way to by its own doing; absolute.</summary>
    public string Current => _ahead is [.., var last] ? last : _navigation.Uri == _confirmed.Told ? _confirmed.Asked : _navigation.Uri;

    /// <summary>A parameter of the query of <see cref="Current"/>; null where it is not there.</summary>
    public string? Find(string name) => QueryHelpers.ParseQuery(new Uri(Current).Query).TryGetValue(name, out var value) ? value.ToString() : null;

    public void Go(string address, bool replace = false)
    {
        var wanted = _navigation.ToAbsoluteUri(address).AbsoluteUri;
        if (string.Equals(wanted, Current, StringComparison.Ordinal))
            return;
        _ahead.Add(wanted);
        _navigation.NavigateTo(address, replace: replace);
    }

    /// <summary>Sets parameters of the query and keeps the others; null takes one out.</summary>
    public void Set(IReadOnlyDictionary<string, object?> parameters, bool replace = false) => Go(_navigation.GetUriWithQueryParameters(Current, parameters), replace);

    /// <inheritdoc cref="Set(IReadOnlyDictionary{string, object?}, bool)"/>
    public void Set(string name, object? value, bool replace = false) => Set(new Dictionary<string, object?> { [name] = value }, replace);

    public void Dispose() => _navigation.LocationChanged -= Confirm;

    private void Confirm(object? sender, LocationChangedEventArgs change)
    {
        var told = Uri.UnescapeDataString(change.Location);
        var place = _ahead.FindIndex(asked => string.Equals(Uri.UnescapeDataString(asked), told, StringComparison.Ordinal));
        if (place >= 0)
            _confirmed = (change.Location, _ahead[place]);
        // An address that nobody asked for here: a link, or the way back. It is where the reader wants to be.
        _ahead.RemoveRange(0, place < 0 ? _ahead.Count : place + 1);
    }
}
