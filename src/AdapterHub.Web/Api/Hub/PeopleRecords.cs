using AdapterHub.Catalog.Accounts;
using AdapterHub.Catalog.Database;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Web.Api.Hub;

/// <summary>People, organisations and their keys as the interface's records.</summary>
internal static class PeopleRecords
{
    public static HubOwnerName Record(this OwnerName owner) => new(owner.Name, Record(owner.Kind), owner.DisplayName);

    public static HubOwner Record(this OwnerProfile owner) => new(
        owner.Name, Record(owner.Kind), owner.CreatedAt, HubRecords.Record(owner.Role), [.. owner.Related.Select(Record)], owner.DisplayName, owner.About);

    public static HubStorage Record(this QuotaState storage) => new(storage.UsedBytes, storage.LimitBytes);

    public static HubToken Record(this ApiTokenView token) =>
        new(token.Id, token.Name, token.Ending, Record(token.Scope), token.CreatedAt, token.LastUsedAt, token.ExpiresAt);

    public static HubAccount Record(this Account account) =>
        new(account.Name, account.IsAdministrator, account.HasPassword, account.CreatedAt, account.DisplayName, account.About);

    public static HubOrganization Record(this OrganizationView organization) => new(
        organization.Name, organization.CreatedAt, HubRecords.Record(organization.Role),
        [.. organization.Members.Select(member => new HubMember(member.UserName, HubRecords.Record(member.Role), member.Since, member.DisplayName))],
        organization.DisplayName, organization.About);

    public static HubUser Record(this UserRow row) => new()
    {
        Name = row.Account.Name,
        DisplayName = row.Account.DisplayName,
        IsAdministrator = row.Account.IsAdministrator,
        CreatedAt = row.Account.CreatedAt,
        LastSeenAt = row.Account.LastSeenAt,
        DisabledAt = row.Account.DisabledAt,
        LockedUntil = row.LockedUntil,
        Repositories = row.Repositories,
        Tokens = row.Tokens,
        Storage = row.Storage.Record(),
        OwnQuotaBytes = row.OwnQuotaBytes,
    };

    public static HubAuditPage Record(this AuditPage page) => new(
        [.. page.Entries.Select(entry => new HubAuditEntry(entry.Id, entry.At, entry.UserName, entry.Action, entry.Subject, entry.Details, entry.Address))], page.Older);

    public static HubInvitation Record(this InvitationView invitation) => new(
        invitation.Id, invitation.Note, invitation.CreatedBy, invitation.CreatedAt, invitation.ExpiresAt, invitation.ForUser, invitation.UsedBy, invitation.UsedAt);

    public static HubConfiguration Record(this HubSettings settings) => new()
    {
        Name = settings.Name,
        Registration = Record(settings.Registration),
        AnonymousReading = settings.AnonymousReading,
        AnyoneFoundsOrganizations = settings.AnyoneFoundsOrganizations,
        DefaultQuotaBytes = settings.DefaultQuotaBytes,
        MaximumFileBytes = settings.MaximumFileBytes,
    };

    public static HubScope Record(ActorScope scope) => scope switch
    {
        ActorScope.Read => HubScope.Read,
        ActorScope.Write => HubScope.Write,
        _ => HubScope.Full,
    };

    public static HubRegistration Record(RegistrationMode mode) => mode switch
    {
        RegistrationMode.Closed => HubRegistration.Closed,
        RegistrationMode.ByInvitation => HubRegistration.ByInvitation,
        _ => HubRegistration.Open,
    };

    public static RegistrationMode Stored(this HubRegistration mode) => mode switch
    {
        HubRegistration.Closed => RegistrationMode.Closed,
        HubRegistration.ByInvitation => RegistrationMode.ByInvitation,
        _ => RegistrationMode.Open,
    };

    public static HubOwnerKind Record(OwnerKind kind) => kind == OwnerKind.Organization ? HubOwnerKind.Organization : HubOwnerKind.User;
}
