using AdapterHub.Web.Security;

namespace AdapterHub.Web;

/// <summary>What one hub is started with. Flags win over the environment, the environment over the defaults.</summary>
public sealed record HubOptions
{
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>Holds the database and the blobs; made when it is missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Models, adapters and datasets that a new catalogue starts with; null starts empty.</summary>
    public string? SeedFolder { get; init; }

    /// <summary>Addresses to listen on, as ASP.NET writes them. Port 0 takes a free one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [DefaultUrl];

    /// <summary>
    /// Host names that the hub answers to besides those of this machine, such as a proxy's. Without any, a hub that listens on this machine
    /// only answers to no other, and one that listens elsewhere answers to all.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>
    /// Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, such as <c>172.18.0.0/16</c>. With
    /// <see cref="Hosts"/>, one on this machine is.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>Only this machine reaches the hub: whoever reads its terminal is its owner, and a password may be left out.</summary>
    public bool IsPersonal => Hosts.Count == 0 && Proxies.Count == 0 && Urls.All(LoopbackHosts.ContainsUrl);

    /// <summary>Shows the style guide and the developer's exception page.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>
    /// Reads <c>ADAPTERHUB_URLS</c>, <c>ADAPTERHUB_DATA</c>, <c>ADAPTERHUB_SEED</c>, <c>ADAPTERHUB_HOSTS</c>, <c>ADAPTERHUB_PROXIES</c> and
    /// <c>ADAPTERHUB_ENVIRONMENT</c>;
    /// lists are separated by semicolons or commas.
    /// Without any, data lie in <c>data/hub</c> and seeds in <c>data/seed</c> below <paramref name="root"/>.
    /// </summary>
    /// <param name="root">The repository or the folder of the program.</param>
    /// <param name="variable">The environment: a variable's value by name.</param>
    /// <param name="urls">Separated by semicolons; null where the flag was not given.</param>
    /// <param name="data">The data folder; null where the flag was not given.</param>
    public static HubOptions Read(string root, Func<string, string?> variable, string? urls = null, string? data = null)
    {
        var seed = Given(null, "ADAPTERHUB_SEED") ?? Path.Combine(root, "data", "seed");
        return new HubOptions
        {
            DataFolder = Path.GetFullPath(Given(data, "ADAPTERHUB_DATA") ?? Path.Combine(root, "data", "hub")),
            SeedFolder = Directory.Exists(seed) ? Path.GetFullPath(seed) : null,
            Urls = Split(Given(urls, "ADAPTERHUB_URLS") ?? DefaultUrl),
            Hosts = Split(Given(null, "ADAPTERHUB_HOSTS") ?? ""),
            Proxies = Split(Given(null, "ADAPTERHUB_PROXIES") ?? ""),
            IsDevelopment = string.Equals(variable("ADAPTERHUB_ENVIRONMENT"), "Development", StringComparison.OrdinalIgnoreCase),
        };

        string[] Split(string list) => list.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        string? Given(string? flag, string name) => flag is { Length: > 0 } ? flag : variable(name) is { Length: > 0 } value ? value : null;
    }
}
