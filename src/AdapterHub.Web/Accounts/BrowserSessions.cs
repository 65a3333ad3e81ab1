using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Web.Accounts;

/// <summary>Signs a browser in and out: a new session each time, never one that was there before somebody signed in.</summary>
internal sealed class BrowserSessions(Sessions sessions)
{
    public async Task SignInAsync(HttpContext context, Account account, bool isPersistent)
    {
        var self = account.ToActor(ActorScope.Full, ClientAddress.Of(context));
        await sessions.EndAsync(context.GetActor(), SessionCookie.Read(context.Request), context.RequestAborted);
        var key = await sessions.StartAsync(self, account, context.Request.Headers.UserAgent.ToString(), isPersistent, context.RequestAborted);
        SessionCookie.Write(context, key, isPersistent);
    }

    public async Task SignOutAsync(HttpContext context)
    {
        await sessions.EndAsync(context.GetActor(), SessionCookie.Read(context.Request), context.RequestAborted);
        SessionCookie.Delete(context);
    }
}
