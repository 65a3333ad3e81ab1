namespace AdapterHub.Catalog;

/// <summary>Why the catalogue did not do what it was asked; mapped once, at the edge, to a status code or a message.</summary>
public enum CatalogFault
{
    /// <summary>It does not exist, or the actor may not know that it does.</summary>
    NotFound,

    /// <summary>The actor sees it but may not do this to it.</summary>
    Forbidden,

    /// <summary>Somebody has to sign in first.</summary>
    SignInRequired,

    /// <summary>Something of that name or state is there already, or it changed meanwhile.</summary>
    Conflict,

    /// <summary>What was given is wrong; the message says what and how to mend it.</summary>
    Invalid,

    /// <summary>More bytes than are accepted.</summary>
    TooLarge,

    /// <summary>The owner's quota does not hold this. Waiting does not help; somebody has to make room or grant more.</summary>
    QuotaExceeded,

    /// <summary>The disk of the hub holds no more. Whoever waits may find room later.</summary>
    DiskFull,

    /// <summary>It was there once and is not any more.</summary>
    Gone,

    /// <summary>Too much at once; trying again later helps.</summary>
    Busy,
}

/// <summary>An expected failure: its message is for people and names the thing, the value and what to do.</summary>
public sealed class CatalogException : Exception
{
    public CatalogException(CatalogFault fault, string message, IReadOnlyList<string>? details = null)
        : base(message)
    {
        Fault = fault;
        Details = details ?? [];
    }

    public CatalogFault Fault { get; }

    /// <summary>Every single finding, where there are several; the message stands for them all.</summary>
    public IReadOnlyList<string> Details { get; }

    /// <summary>The answer for what does not exist and for what the actor may not see: the two must not differ.</summary>
    public static CatalogException NotFound(string what) => new(CatalogFault.NotFound, $"{what} does not exist, or you have no access to it.");
}
