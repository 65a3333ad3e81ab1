using System.Net;
using System.Text.RegularExpressions;

namespace AdapterHub.Integration.Tests.Cli;

/// <summary>What a started hub must answer, however it was built and from wherever it was started.</summary>
internal static partial class ServedPage
{
    /// <param name="output">What the program printed, with its address.</param>
    public static async Task ComesWithItsFilesAsync(string output)
    {
        using var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(Address().Match(output).Value) };
        var cancel = TestContext.Current.CancellationToken;
        var html = await client.GetStringAsync(new Uri("/", UriKind.Relative), cancel);

        var files = FileLink().Matches(html).Select(match => match.Groups["path"].Value).ToList();
        files.ShouldContain(file => file.Contains("blazor.web.", StringComparison.Ordinal));
        files.ShouldContain(file => file.Contains("Radzen.Blazor", StringComparison.Ordinal));
        files.ShouldContain(file => file.StartsWith("css/tokens.", StringComparison.Ordinal));
        files.ShouldContain(file => file.EndsWith(".styles.css", StringComparison.Ordinal));
        foreach (var file in files)
        {
            using var answer = await client.GetAsync(new Uri("/" + file, UriKind.Relative), cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, file);
            answer.Headers.CacheControl!.ToString().ShouldContain("immutable", customMessage: $"{file} has its fingerprint in its name");
            (await answer.Content.ReadAsByteArrayAsync(cancel)).Length.ShouldBeGreaterThan(0, file);
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();

    [GeneratedRegex(@"(?:<script src|<link rel=""stylesheet"" href)=""(?<path>[^""]+)""")]
    private static partial Regex FileLink();
}
