namespace AdapterHub.Web.Components;

/// <summary>Pages that more than one place leads to.</summary>
public static class Addresses
{
    public const string Home = "/";
    public const string BaseModels = "/models";
    public const string Datasets = "/datasets";
    public const string New = "/new";
    public const string SignIn = "/sign-in";
    public const string SignOut = "/sign-out";
    public const string Settings = "/settings";
    public const string Tokens = "/settings/tokens";
    public const string Admin = "/admin";
    public const string StyleGuide = "/styleguide";

    /// <summary>The sign-in page, which leads back to <paramref name="path"/> afterwards.</summary>
    public static string SignInFor(string path) => path is "/" or "" ? SignIn : $"{SignIn}?returnUrl={Uri.EscapeDataString(path)}";

    /// <summary>The page of an owner, a person or an organisation.</summary>
    public static string Owner(string name) => "/" + Uri.EscapeDataString(name);
}
