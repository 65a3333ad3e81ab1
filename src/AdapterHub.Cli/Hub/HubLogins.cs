using System.Text.Json;
using System.Text.Json.Serialization;
using AdapterHub.Worker;

namespace AdapterHub.Cli.Hub;

/// <summary>
/// The hubs that somebody logged in to and their tokens, in <c>$XDG_CONFIG_HOME/adapterhub/hubs.json</c> (<c>~/.config</c> without the variable,
/// XDG Base Directory Specification 0.8). Only its owner may read it.
/// </summary>
internal sealed class HubLogins
{
    private readonly string _path;
    private readonly StoredHubs _stored;

    private HubLogins(string path, StoredHubs stored) => (_path, _stored) = (path, stored);

    /// <summary>The hub of the last login; null before the first.</summary>
    public string? Current => _stored.Current;

    public static HubLogins Read(Func<string, string?> variable)
    {
        var path = Path.Combine(Folder(variable), "hubs.json");
        if (!File.Exists(path))
            return new HubLogins(path, new StoredHubs());
        try
        {
            return new HubLogins(path, JsonSerializer.Deserialize(File.ReadAllBytes(path), HubLoginsJson.Default.StoredHubs) ?? new StoredHubs());
        }
        catch (JsonException damaged)
        {
            throw new RunInputException($"{path} is damaged: {damaged.Message} Delete it and log in again.", damaged);
        }
    }

    public string? FindToken(string hub) => _stored.Tokens.GetValueOrDefault(hub);

    /// <summary>Keeps the token and makes the hub the current one.</summary>
    public void Keep(string hub, string token) =>
        Write(_stored with { Current = hub, Tokens = new Dictionary<string, string>(_stored.Tokens, StringComparer.Ordinal) { [hub] = token } });

    /// <summary>False where there was no token.</summary>
    public bool Forget(string hub)
    {
        var tokens = new Dictionary<string, string>(_stored.Tokens, StringComparer.Ordinal);
        if (!tokens.Remove(hub))
            return false;
        Write(_stored with { Current = _stored.Current == hub ? null : _stored.Current, Tokens = tokens });
        return true;
    }

    private void Write(StoredHubs stored)
    {
        var folder = Path.GetDirectoryName(_path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var staged = _path + ".new";
        File.Delete(staged);
        // Nobody else can read it at any time: it has its mode from the beginning.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(staged, options))
        {
            JsonSerializer.Serialize(file, stored, HubLoginsJson.Default.StoredHubs);
            file.Flush(flushToDisk: true);
        }

        File.Move(staged, _path, overwrite: true);
    }

    private static string Folder(Func<string, string?> variable)
    {
        var configuration = variable("XDG_CONFIG_HOME") is { Length: > 0 } given && Path.IsPathRooted(given) ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return Path.Combine(configuration, "adapterhub");
    }
}

internal sealed record StoredHubs
{
    public string? Current { get; init; }

    /// <summary>By address, without a closing slash.</summary>
    public Dictionary<string, string> Tokens { get; init; } = new(StringComparer.Ordinal);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(StoredHubs))]
internal sealed partial class HubLoginsJson : JsonSerializerContext;
