using AdapterHub.Catalog;

namespace AdapterHub.Web;

/// <summary>The one place where a fault of the catalogue becomes a status of HTTP.</summary>
internal static class FaultStatus
{
    public static int Of(CatalogFault fault) => fault switch
    {
        CatalogFault.NotFound => StatusCodes.Status404NotFound,
        CatalogFault.Forbidden => StatusCodes.Status403Forbidden,
        CatalogFault.SignInRequired => StatusCodes.Status401Unauthorized,
        CatalogFault.Conflict => StatusCodes.Status409Conflict,
        CatalogFault.Invalid => StatusCodes.Status422UnprocessableEntity,
        CatalogFault.TooLarge => StatusCodes.Status413PayloadTooLarge,
        // Not 507 as a full disk: that goes away, and whoever meets it waits.
        CatalogFault.QuotaExceeded => StatusCodes.Status403Forbidden,
        CatalogFault.DiskFull => StatusCodes.Status507InsufficientStorage,
        CatalogFault.Gone => StatusCodes.Status410Gone,
        CatalogFault.Busy => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>A fault of the catalogue by its kind; everything else is the program's.</summary>
    public static int Of(Exception exception) => exception is CatalogException { Fault: var fault } ? Of(fault) : StatusCodes.Status500InternalServerError;
}
