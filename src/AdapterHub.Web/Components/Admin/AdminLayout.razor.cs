using AdapterHub.Web.Components.Settings;
using AdapterHub.Web.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace AdapterHub.Web.Components.Admin;

/// <summary>Pages of the hub's administrators, with the way to the others beside them.</summary>
public sealed partial class AdminLayout : LayoutComponentBase
{
    private static readonly Section[] Sections =
    [
        new("Users", Addresses.AdminUsers, IconName.People, Addresses.Admin),
        new("Invitations", Addresses.AdminInvitations, IconName.Link),
        new("Workers", Addresses.AdminWorkers, IconName.Monitor),
        new("Storage", Addresses.AdminStorage, IconName.Folder),
        new("Settings", Addresses.AdminSettings, IconName.Gear),
        new("Audit log", Addresses.AdminAudit, IconName.History),
    ];
}
