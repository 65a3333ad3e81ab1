namespace AdapterHub.Worker;

/// <summary>Where things lie that can be made again: native builds, tokenised corpora.</summary>
public static class CacheFolder
{
    /// <summary><c>ADAPTERHUB_CACHE</c>, else <c>$XDG_CACHE_HOME/adapterhub</c>, else <c>~/.cache/adapterhub</c>.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("ADAPTERHUB_CACHE") is { Length: > 0 } set)
            return System.IO.Path.GetFullPath(set);
        var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache");
        return System.IO.Path.Combine(caches, "adapterhub");
    }
}
