using AdapterHub.Catalog.Database;

namespace AdapterHub.Catalog.Accounts;

/// <summary>A person's account as the person and the administrators see it.</summary>
/// <param name="Id">Of the user.</param>
/// <param name="OwnerId">Of the owner under whose name the person's repositories lie.</param>
/// <param name="Name">Of both.</param>
/// <param name="DisplayName">As the person wishes to be called, where given.</param>
/// <param name="About">A few lines on the profile page.</param>
/// <param name="IsAdministrator">Whether it administers the hub.</param>
/// <param name="HasPassword">False where only sign-in links lead in.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastSeenAt">Within a minute or so.</param>
/// <param name="DisabledAt">Set while it is shut.</param>
public sealed record Account(
    long Id, long OwnerId, string Name, string? DisplayName, string? About, bool IsAdministrator, bool HasPassword,
    DateTimeOffset CreatedAt, DateTimeOffset? LastSeenAt, DateTimeOffset? DisabledAt)
{
    /// <param name="user">With its owner loaded.</param>
    internal static Account Of(User user) => new(
        user.Id, user.OwnerId, user.Owner.Name, user.Owner.DisplayName, user.Owner.About, user.IsAdministrator, user.PasswordHash is not null,
        user.CreatedAt, user.LastSeenAt, user.DisabledAt);

    /// <summary>This account as the one who asks.</summary>
    public Actor ToActor(ActorScope scope, string? address) => new(Id, Name, IsAdministrator, scope) { Address = address };
}
