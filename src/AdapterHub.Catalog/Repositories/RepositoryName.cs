using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace AdapterHub.Catalog.Repositories;

/// <summary>
/// <c>owner/name</c>. The rules are those of the Hugging Face Hub's clients (huggingface_hub, utils/_validators.py), narrowed to ASCII. Names are
/// compared without regard to case.
/// </summary>
public readonly partial record struct RepositoryName
{
    private RepositoryName(string owner, string name) => (Owner, Name) = (owner, name);

    public string Owner { get; }

    public string Name { get; }

    public static bool TryParse([NotNullWhen(true)] string? text, out RepositoryName name)
    {
        name = default;
        if (text is null || text.Split('/') is not [var owner, var repository] || !IsValidPart(owner) || !IsValidPart(repository))
            return false;
        name = new RepositoryName(owner, repository);
        return true;
    }

    /// <summary>Throws <see cref="CatalogFault.Invalid"/> that says the rules.</summary>
    public static RepositoryName Parse(string? text) =>
        TryParse(text, out var name) ? name : throw new CatalogException(CatalogFault.Invalid, $"\"{text}\" is no repository name. "
            + "It is owner/name, each part of 1 to 96 letters, digits, '-', '_' or '.', without '--' or '..', not ending in '.git', '-' or '.'.");

    public static RepositoryName Of(string? owner, string? name) => Parse($"{owner}/{name}");

    /// <summary>The rule for either part, for user and organisation names too.</summary>
    public static bool IsValidPart([NotNullWhen(true)] string? part) =>
        part is not null && Part().IsMatch(part) && !part.Contains("--", StringComparison.Ordinal) && !part.Contains("..", StringComparison.Ordinal)
        && !part.EndsWith(".git", StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{Owner}/{Name}";

    [GeneratedRegex(@"\A[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
