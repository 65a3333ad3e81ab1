using System.Reflection;

namespace AdapterHub.Web;

/// <summary>The version of this build.</summary>
internal static class ProgramVersion
{
    /// <summary>Without the commit that the SDK may add after a plus.</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
