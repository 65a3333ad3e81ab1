using AdapterHub.Catalog.Publishing;

namespace AdapterHub.Tests.Catalog.Publishing;

public sealed class TreePathTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("a/b/c.safetensors")]
    [InlineData(".gitattributes")]
    [InlineData("päper/日本語.txt")]
    [InlineData("with space.txt")]
    [InlineData("..a/b..c/...")]
    public void OrdinaryPaths_AreGood(string path) => TreePath.FindFault(path).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("C:/x")]
    [InlineData("c:x")]
    [InlineData("a\\b")]
    [InlineData("..\\x")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u007Fb")]
    [InlineData("a\u0085b")]
    [InlineData("x\u202Esrotnesefas.exe")]
    [InlineData("a\u200Bb")]
    [InlineData("a\u2028b")]
    [InlineData("a\uFFFDb")]
    [InlineData(".git/config")]
    [InlineData("x/.GIT/hooks/post-checkout")]
    public void PathsThatLeadAstray_AreRefusedByName(string path)
    {
        var fault = TreePath.FindFault(path).ShouldNotBeNull();

        fault.Any(char.IsControl).ShouldBeFalse();
        fault.ShouldNotContain("\u202E");
    }

    [Fact]
    public void HalfASurrogatePair_IsRefused() => TreePath.FindFault("a" + '\uD800' + "b").ShouldNotBeNull();

    [Fact]
    public void Lengths_AreCounted()
    {
        TreePath.FindFault(new string('a', 255)).ShouldBeNull();
        TreePath.FindFault(new string('a', 256)).ShouldNotBeNull();
        TreePath.FindFault(new string('é', 128)).ShouldNotBeNull("255 bytes are the limit, not characters");
        TreePath.FindFault(string.Join('/', Enumerable.Repeat("a", 32))).ShouldBeNull();
        TreePath.FindFault(string.Join('/', Enumerable.Repeat("a", 33))).ShouldNotBeNull();
        TreePath.FindFault(string.Join('/', Enumerable.Repeat(new string('a', 200), 5))).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("README.md", "readme.MD")]
    [InlineData("a/x", "A/y")]
    [InlineData("a", "a/b")]
    [InlineData("A", "a/b")]
    [InlineData("Ä.txt", "ä.txt")]
    public void PathsThatAreOneElsewhere_Collide(string first, string second)
    {
        TreePath.FindCollisions([first, second]).ShouldNotBeEmpty();
        TreePath.FindCollisions([second, first]).ShouldNotBeEmpty();
    }

    [Fact]
    public void DifferentPaths_DoNotCollide() => TreePath.FindCollisions(["a/b", "a/c", "b", "ab", "A.txt"]).ShouldBeEmpty();
}
