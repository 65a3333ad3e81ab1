using AdapterHub.Catalog.Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdapterHub.Catalog.Accounts;

/// <summary>
/// ASP.NET Core Identity over one context at a time: its user store, its password hashes, its validation. The catalogue's own services are
/// singletons, and Identity's UserManager lives no longer than the work that it does.
/// </summary>
internal sealed class IdentityUsers(IServiceProvider services, IOptions<PasswordHasherOptions> hashing, ILogger<UserManager<User>> logger)
{
    public const int ShortestPassword = 10;

    /// <summary>Hashing takes time in proportion; nobody types more.</summary>
    public const int LongestPassword = 512;

    private static readonly IOptions<IdentityOptions> Rules = Options.Create(new IdentityOptions
    {
        Password =
        {
            RequiredLength = ShortestPassword, RequireDigit = false, RequireLowercase = false, RequireUppercase = false,
            RequireNonAlphanumeric = false, RequiredUniqueChars = 1,
        },
    });

    public PasswordHasher<User> Hasher { get; } = new(hashing);

    /// <summary>It writes within the context's transaction. The caller disposes of the context, and of this before it.</summary>
    public UserManager<User> Over(CatalogContext context) => new(
        new UserOnlyStore<User, CatalogContext, long>(context), Rules, Hasher, [new UserValidator<User>()],
        [new PasswordValidator<User>(), new UncommonPasswordValidator()], new UpperInvariantLookupNormalizer(), new IdentityErrorDescriber(),
        services, logger);

    /// <summary>Checks and sets a password; the new security stamp ends every session. The caller saves.</summary>
    public async Task<IdentityResult> ReplacePasswordAsync(UserManager<User> identity, User user, string password)
    {
        foreach (var validator in identity.PasswordValidators)
        {
            var checkedBy = await validator.ValidateAsync(identity, user, password);
            if (!checkedBy.Succeeded)
                return checkedBy;
        }

        user.PasswordHash = Hasher.HashPassword(user, password);
        user.SecurityStamp = SecretKey.Create();
        return IdentityResult.Success;
    }

    public static string Normalized(string name) => name.ToUpperInvariant();

    public static void Require(IdentityResult result)
    {
        if (result.Succeeded)
            return;
        var problems = result.Errors.Select(error => error.Description).ToList();
        throw new CatalogException(CatalogFault.Invalid, string.Join(' ', problems), problems);
    }

    private sealed class UncommonPasswordValidator : IPasswordValidator<User>
    {
        public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
        {
            var problem = password switch
            {
                { Length: > LongestPassword } => $"The password is longer than {LongestPassword} characters.",
                { Length: >= ShortestPassword } => CommonPasswords.FindProblem(password, user.UserName),
                _ => null,
            };
            return Task.FromResult(problem is null ? IdentityResult.Success
                : IdentityResult.Failed(new IdentityError { Code = "PasswordTooCommon", Description = problem }));
        }
    }
}
