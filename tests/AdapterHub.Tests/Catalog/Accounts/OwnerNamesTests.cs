using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class OwnerNamesTests
{
    [Theory]
    [InlineData("ada")]
    [InlineData("Ada.Lovelace_1815-x")]
    [InlineData("7")]
    public void Ordinary_IsAccepted(string name) => OwnerNames.TryAccept(name, out _).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("API")]
    [InlineData("login")]
    [InlineData("_framework")]
    [InlineData("__host")]
    [InlineData("Models")]
    [InlineData("adapterhub")]
    [InlineData("robots.txt")]
    [InlineData("ada lovelace")]
    [InlineData("ada/x")]
    [InlineData("..")]
    [InlineData("a--b")]
    [InlineData("ada.git")]
    [InlineData("-ada")]
    [InlineData("ada.")]
    [InlineData("аda")]
    [InlineData("ada\n")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Misleading_IsRefusedWithTheReason(string? name)
    {
        OwnerNames.TryAccept(name, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNullOrEmpty();
    }
}
