using AdapterHub.Catalog;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AdapterHub.Web.Components.Errors;

/// <summary>
/// Shows a page's fault in place of the page, in a circuit. A <see cref="CatalogException"/> says what it has to say; anything else is logged
/// under a reference that the page shows. Going elsewhere clears it.
/// </summary>
public sealed partial class PageErrorBoundary(NavigationManager navigation, ILogger<PageErrorBoundary> logger) : ErrorBoundaryBase, IDisposable
{
    private string? _reference;

    public void Dispose() => navigation.LocationChanged -= Clear;

    protected override void OnInitialized() => navigation.LocationChanged += Clear;

    protected override Task OnErrorAsync(Exception exception)
    {
        _reference = null;
        if (exception is CatalogException)
            return Task.CompletedTask;
        _reference = Guid.NewGuid().ToString("N")[..12];
        LogFault(logger, exception, _reference, navigation.ToBaseRelativePath(navigation.Uri));
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Error, "The page /{Path} failed, reference {Reference}")]
    private static partial void LogFault(ILogger logger, Exception exception, string reference, string path);

    private static int CodeOf(Exception exception) => exception is CatalogException fault ? FaultStatus.Of(fault.Fault) : StatusCodes.Status500InternalServerError;

    private static FaultText TextOf(Exception exception)
    {
        var text = FaultText.Of(CodeOf(exception));
        return exception is CatalogException ? text with { Text = exception.Message } : text;
    }

    private void Clear(object? sender, LocationChangedEventArgs change) => Recover();
}
