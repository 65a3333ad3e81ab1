namespace AdapterHub.Web.Api;

/// <summary>
/// What an endpoint asks of whoever calls it. The catalogue enforces it; this says it, for the document of the interface and for the test
/// that calls every endpoint as everybody.
/// </summary>
internal enum ApiNeed
{
    /// <summary>Nothing: what it tells, everybody may know, or it tells each what that one may know.</summary>
    Nothing,

    /// <summary>The repository in the address may be read by the caller.</summary>
    Reader,

    /// <summary>As <see cref="Reader"/>, by somebody signed in whose token writes.</summary>
    ReaderWithAccount,

    /// <summary>The caller may write to the repository in the address.</summary>
    Writer,

    /// <summary>The caller owns the repository in the address.</summary>
    Owner,

    /// <summary>Somebody is signed in, with a browser or any token.</summary>
    Account,

    /// <summary>Somebody is signed in, with a browser or a token that writes.</summary>
    WritingAccount,

    /// <summary>The caller is a member of the organisation in the address.</summary>
    Member,

    /// <summary>The caller owns the organisation in the address, and the token writes.</summary>
    OrganizationOwner,

    /// <summary>The owner in the address is the caller, or an organisation of the caller's.</summary>
    OwnName,

    /// <summary>The draft in the address is the caller's own, and the token writes.</summary>
    DraftOwner,

    /// <summary>Somebody is signed in with a browser: a token does not manage the account that it belongs to.</summary>
    Browser,

    /// <summary>An administrator is signed in with a browser.</summary>
    Administrator,

    /// <summary>The run in the address is public, or under a name that the caller may write under.</summary>
    RunViewer,

    /// <summary>The run in the address is under a name that the caller may write under, and the token writes.</summary>
    RunWriter,

    /// <summary>A worker's token.</summary>
    Worker,
}

/// <param name="Need">What is asked of the caller.</param>
internal sealed record ApiAccess(ApiNeed Need)
{
    /// <summary>For the document of the interface.</summary>
    public string Text => Need switch
    {
        ApiNeed.Nothing => "Anybody may ask.",
        ApiNeed.Reader => "Asks for read access to the repository.",
        ApiNeed.ReaderWithAccount => "Asks for read access to the repository, and a sign-in or a token that writes.",
        ApiNeed.Writer => "Asks for the role writer, and a token that writes.",
        ApiNeed.Owner => "Asks for the role owner, and a token that writes.",
        ApiNeed.Account => "Asks for a sign-in or any token.",
        ApiNeed.WritingAccount => "Asks for a sign-in or a token that writes.",
        ApiNeed.Member => "Asks for a member of the organisation.",
        ApiNeed.OrganizationOwner => "Asks for an owner of the organisation, and a token that writes.",
        ApiNeed.OwnName => "Asks for the owner itself, or a member of it.",
        ApiNeed.DraftOwner => "Asks for the draft's owner, and a token that writes.",
        ApiNeed.Browser => "Asks for a sign-in with a browser; tokens are refused.",
        ApiNeed.RunViewer => "Asks for write access under the run's owner; anybody may see a public run.",
        ApiNeed.RunWriter => "Asks for write access under the run's owner, and a token that writes.",
        ApiNeed.Worker => "Asks for a worker's token.",
        _ => "Asks for an administrator signed in with a browser; tokens are refused.",
    };
}

internal static class ApiNeedConventions
{
    public static TBuilder Needs<TBuilder>(this TBuilder builder, ApiNeed need) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ApiAccess(need));
}
