using AdapterHub.Catalog.Accounts;

namespace AdapterHub.Tests.Catalog.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("password123")]
    [InlineData("Password2026!")]
    [InlineData("P@ssw0rd!!!!")]
    [InlineData("1234567890")]
    [InlineData("0987654321")]
    [InlineData("qwertyuiop")]
    [InlineData("1q2w3e4r5t")]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("abababababab")]
    [InlineData("iloveyou!!2024")]
    [InlineData("letmein12345")]
    [InlineData("adapterhub2026")]
    [InlineData("grace-1234")]
    public void Guessable_IsRefusedWithAReason(string password) => CommonPasswords.FindProblem(password, "grace").ShouldNotBeNull();

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("plum tractor seven")]
    [InlineData("mypasswordisratherlong")]
    [InlineData("zugvogel im november")]
    [InlineData("ÿ£¢∞§¶•ªº–")]
    [InlineData("4820173956")]
    public void Unguessable_IsAcceptedWithoutRulesOfComposition(string password) => CommonPasswords.FindProblem(password, "grace").ShouldBeNull();
}
