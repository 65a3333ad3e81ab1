namespace AdapterHub.Catalog.Accounts;

/// <summary>What an account's own affairs and the hub's administration ask of the actor.</summary>
public static class ActorRequirements
{
    /// <summary>The account's id. Throws unless a person signed in with a browser asks: a token does not manage the account it belongs to.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="deed">Such as <c>make an API token</c>.</param>
    public static long RequireAccount(this Actor actor, string deed)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.UserId is not { } id)
            throw new CatalogException(CatalogFault.SignInRequired, $"Sign in to {deed}.");
        return actor.Scope == ActorScope.Full ? id
            : throw new CatalogException(CatalogFault.Forbidden, $"An API token cannot {deed}; sign in with a browser.");
    }

    /// <summary>Throws unless an administrator who signed in with a browser, or the program itself, asks.</summary>
    public static void RequireAdministrator(this Actor actor, string deed)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.UserId is null && !actor.IsAdministrator)
            throw new CatalogException(CatalogFault.SignInRequired, $"Sign in as an administrator to {deed}.");
        if (!actor.IsAdministrator)
            throw new CatalogException(CatalogFault.Forbidden, $"Only an administrator may {deed}.");
        if (actor.Scope != ActorScope.Full)
            throw new CatalogException(CatalogFault.Forbidden, $"An API token cannot {deed}; sign in with a browser.");
    }
}
