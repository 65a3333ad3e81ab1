using AdapterHub.Catalog;
using AdapterHub.Catalog.Accounts;
using static AdapterHub.Tests.Catalog.Accounts.AccountsFixture;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class OwnAccountTests
{
    [Fact]
    public async Task NewPassword_NeedsTheOldOne_AndEndsEverySession()
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");
        var key = await hub.StartSessionAsync(ada);
        var own = hub.Get<OwnAccount>();

        (await FaultOf(() => own.ChangePasswordAsync(ada, "wrong", "another good phrase", Cancel))).ShouldBe(CatalogFault.Invalid);
        (await FaultOf(() => own.ChangePasswordAsync(ada, null, "another good phrase", Cancel))).ShouldBe(CatalogFault.Invalid);
        (await FaultOf(() => own.ChangePasswordAsync(ada, Password, "password123", Cancel))).ShouldBe(CatalogFault.Invalid);
        (await hub.SessionActorAsync(key)).ShouldNotBeNull();
        await own.ChangePasswordAsync(ada, Password, "another good phrase", Cancel);

        (await hub.SessionActorAsync(key)).ShouldBeNull();
        (await hub.Get<PasswordSignIn>().CheckAsync(Visitor, "ada", "another good phrase", Cancel)).Outcome.ShouldBe(SignInOutcome.Accepted);
    }

    [Fact]
    public async Task FirstPassword_OfAPersonalAccount_NeedsNone()
    {
        await using var hub = await CreateAsync();
        var link = await hub.Get<FirstStart>().IssueAsync(isPersonal: true, Cancel);
        var account = await hub.Get<FirstStart>().CreateAdministratorAsync(Visitor, link!.Key, new NewAccount("ada", null), Cancel);
        account.HasPassword.ShouldBeFalse();

        var changed = await hub.Get<OwnAccount>().ChangePasswordAsync(account.ToActor(ActorScope.Full, null), null, Password, Cancel);

        changed.HasPassword.ShouldBeTrue();
    }

    [Theory]
    [InlineData("two\nlines", null)]
    [InlineData("bell\a", null)]
    [InlineData(null, "bell\a")]
    public async Task Profile_TakesPlainTextOnly(string? displayName, string? about)
    {
        await using var hub = await CreateAsync();
        var ada = await hub.AddAdministratorAsync("ada");

        (await FaultOf(() => hub.Get<OwnAccount>().UpdateProfileAsync(ada, displayName, about, Cancel))).ShouldBe(CatalogFault.Invalid);
        (await FaultOf(() => hub.Get<OwnAccount>().UpdateProfileAsync(ada, new string('x', 81), null, Cancel))).ShouldBe(CatalogFault.Invalid);
        (await hub.Get<OwnAccount>().UpdateProfileAsync(ada, " Ada L. ", "  ", Cancel)).ShouldSatisfyAllConditions(
            account => account.DisplayName.ShouldBe("Ada L."), account => account.About.ShouldBeNull());
    }
}
