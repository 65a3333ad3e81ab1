using System.Net;
using AdapterHub.Catalog.Database;
using AdapterHub.Web.Api;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>Who calls. The tokens are the owner's.</summary>
public enum MatrixRole
{
    Anonymous,
    Stranger,
    Reader,
    Writer,
    Owner,
    Administrator,
    ReadToken,
    WriteToken,
    AdministratorToken,
}

/// <summary>The state of the repository that is called for.</summary>
public enum MatrixState
{
    Public,
    Unlisted,
    Private,
    Trashed,
}

/// <summary>What an endpoint must answer, derived from the need that it declares and nothing else.</summary>
internal static class AccessMatrix
{
    /// <summary>Null where the call is allowed.</summary>
    public static HttpStatusCode? Expect(ApiNeed need, MatrixRole role, MatrixState state) => need switch
    {
        ApiNeed.Nothing => null,
        ApiNeed.Reader => IsHidden(role, state) ? HttpStatusCode.NotFound : null,
        ApiNeed.ReaderWithAccount => Writing(role) ?? (IsHidden(role, state) ? HttpStatusCode.NotFound : null),
        ApiNeed.Writer => Changing(role, state, AccessRole.Writer),
        ApiNeed.Owner => Changing(role, state, AccessRole.Owner),
        ApiNeed.Account => role == MatrixRole.Anonymous ? HttpStatusCode.Unauthorized : null,
        ApiNeed.WritingAccount => Writing(role),
        ApiNeed.Browser => Browsing(role),
        ApiNeed.Administrator => Browsing(role) ?? (role == MatrixRole.Administrator ? null : HttpStatusCode.Forbidden),
        ApiNeed.Member => role is MatrixRole.Anonymous or MatrixRole.Stranger ? HttpStatusCode.NotFound : null,
        ApiNeed.OrganizationOwner => Writing(role) ?? role switch
        {
            MatrixRole.Stranger => HttpStatusCode.NotFound,
            MatrixRole.Reader or MatrixRole.Writer => HttpStatusCode.Forbidden,
            _ => null,
        },
        ApiNeed.OwnName => role switch
        {
            MatrixRole.Anonymous => HttpStatusCode.Unauthorized,
            MatrixRole.Stranger or MatrixRole.Reader or MatrixRole.Writer => HttpStatusCode.NotFound,
            _ => null,
        },
        ApiNeed.DraftOwner => Writing(role) ?? (role is MatrixRole.Owner or MatrixRole.WriteToken ? null : HttpStatusCode.NotFound),
        // The sample's run is the owner's own and not public.
        ApiNeed.RunViewer => RoleOf(role) < AccessRole.Owner ? HttpStatusCode.NotFound : null,
        ApiNeed.RunWriter => RoleOf(role) < AccessRole.Owner ? HttpStatusCode.NotFound : Writing(role),
        ApiNeed.Worker => HttpStatusCode.Unauthorized,
        _ => throw new ArgumentOutOfRangeException(nameof(need), need, "This need has no row."),
    };

    private static HttpStatusCode? Changing(MatrixRole role, MatrixState state, AccessRole needed)
    {
        if (IsHidden(role, state))
            return HttpStatusCode.NotFound;
        return Writing(role) ?? (RoleOf(role) >= needed ? null : HttpStatusCode.Forbidden);
    }

    private static HttpStatusCode? Writing(MatrixRole role) => role switch
    {
        MatrixRole.Anonymous => HttpStatusCode.Unauthorized,
        MatrixRole.ReadToken => HttpStatusCode.Forbidden,
        _ => null,
    };

    private static HttpStatusCode? Browsing(MatrixRole role) => role switch
    {
        MatrixRole.Anonymous => HttpStatusCode.Unauthorized,
        MatrixRole.ReadToken or MatrixRole.WriteToken or MatrixRole.AdministratorToken => HttpStatusCode.Forbidden,
        _ => null,
    };

    private static bool IsHidden(MatrixRole role, MatrixState state) => state switch
    {
        MatrixState.Private => RoleOf(role) == AccessRole.None,
        MatrixState.Trashed => RoleOf(role) < AccessRole.Owner,
        _ => false,
    };

    /// <summary>Given, whatever the visibility adds.</summary>
    private static AccessRole RoleOf(MatrixRole role) => role switch
    {
        MatrixRole.Anonymous or MatrixRole.Stranger => AccessRole.None,
        MatrixRole.Reader => AccessRole.Reader,
        MatrixRole.Writer => AccessRole.Writer,
        _ => AccessRole.Owner,
    };
}
