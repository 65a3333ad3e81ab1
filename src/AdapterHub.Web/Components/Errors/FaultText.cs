namespace AdapterHub.Web.Components.Errors;

/// <summary>What the error pages say about a status.</summary>
/// <param name="MayReload">Trying again may help.</param>
internal sealed record FaultText(string Title, string Text, bool MayReload = false)
{
    public static FaultText Of(int code) => code switch
    {
        400 => new("The request could not be understood", "Something in the address or in the form is not what this page expects."),
        401 => new("Sign in to see this", "This page is for people who are signed in."),
        403 => new("This is not yours to open", "You are signed in, but this page or this action needs a permission that your account does not have."),
        404 => new("There is nothing here", "The address may be mistyped, the thing may have been moved or deleted, or it is private and you have no access to it."),
        405 => new("This address does something else", "It exists, but it cannot be opened as a page."),
        409 => new("Something changed meanwhile", "What you worked on was changed by somebody else, or exists already. Load the page again and compare.", MayReload: true),
        410 => new("This is gone", "It was here once and has been deleted for good."),
        413 or 431 => new("Too much at once", "The request is larger than this hub accepts."),
        429 => new("Too many requests", "Wait a moment, then try again.", MayReload: true),
        503 => new("The hub is busy", "It cannot answer this just now. Try again in a moment.", MayReload: true),
        507 => new("No room left", "The disk of this hub is full. Whoever runs it can make room."),
        < 500 => new("That did not work", "The hub refused this request."),
        _ => new("Something went wrong on the server", "The fault is ours and has been written to the log. Trying again may help.", MayReload: true),
    };
}
