namespace AdapterHub.Catalog.Accounts;

/// <summary>How much a sign-in or an API token permits its bearer.</summary>
public enum ActorScope
{
    /// <summary>An API token that only reads.</summary>
    Read,

    /// <summary>An API token that reads and changes repositories.</summary>
    Write,

    /// <summary>A person signed in with a browser: may also manage the account and its tokens.</summary>
    Full,
}

/// <summary>
/// Who asks. Every call into the catalogue takes one first, and a thing that it may not see is answered as if it did not exist.
/// </summary>
/// <param name="UserId">Null for somebody not signed in, and for the program itself.</param>
/// <param name="Name">The user's name as others see it.</param>
/// <param name="IsAdministrator">Sees and may change everything, within <paramref name="Scope"/>.</param>
/// <param name="Scope">What the sign-in or token permits.</param>
public sealed record Actor(long? UserId, string Name, bool IsAdministrator, ActorScope Scope)
{
    /// <summary>Somebody who is not signed in: sees what is public, and what is unlisted by its link.</summary>
    public static Actor Anonymous { get; } = new(null, "anonymous", false, ActorScope.Read);

    /// <summary>The program itself: seeds the catalogue, collects orphans.</summary>
    public static Actor Hub { get; } = new(null, "adapterhub", true, ActorScope.Full);

    /// <summary>Where the request came from, for the audit log; null inside the program.</summary>
    public string? Address { get; init; }

    public bool IsSignedIn => UserId is not null;

    public bool CanWrite => Scope != ActorScope.Read;

    /// <summary>Throws unless the actor is signed in (or is the program) and its token permits writing.</summary>
    public void RequireWrite(string what)
    {
        if (UserId is null && !IsAdministrator)
            throw new CatalogException(CatalogFault.SignInRequired, $"Sign in to {what}.");
        if (!CanWrite)
            throw new CatalogException(CatalogFault.Forbidden, $"This token only reads; a token with write access is needed to {what}.");
    }
}
