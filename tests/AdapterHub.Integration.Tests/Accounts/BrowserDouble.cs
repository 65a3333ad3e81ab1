using System.Net;
using System.Text.RegularExpressions;
using AdapterHub.Integration.Tests.Hub;

namespace AdapterHub.Integration.Tests.Accounts;

/// <summary>A browser without scripts: keeps cookies, reads forms and sends them. It follows no redirect, so that tests see them.</summary>
internal sealed partial class BrowserDouble : IDisposable
{
    private readonly HttpClient _client;

    public BrowserDouble(Uri address)
    {
        Address = address;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = address };
        _client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0");
    }

    public Uri Address { get; }

    public CookieContainer Cookies { get; } = new();

    public IEnumerable<Cookie> SessionCookies => Cookies.GetCookies(Address).Where(cookie => cookie.Name.Contains("session", StringComparison.Ordinal));

    public async Task<Answer> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path, RunningHub.Cancel);
        return await ReadAsync(response);
    }

    /// <summary>Opens a page, fills its form in and sends it.</summary>
    public async Task<Answer> SubmitAsync(string path, params (string Name, string Value)[] fields)
    {
        var page = await GetAsync(path);
        return await PostAsync(path, [.. page.HiddenFields, .. fields]);
    }

    /// <summary>Sends fields without looking at a page first.</summary>
    public async Task<Answer> PostAsync(string path, IEnumerable<(string Name, string Value)> fields, params (string Name, string Value)[] headers)
    {
        using var content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request, RunningHub.Cancel);
        return await ReadAsync(response);
    }

    public void Dispose() => _client.Dispose();

    private async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var target = response.Headers.Location is { } location ? new Uri(Address, location) : null;
        var text = await response.Content.ReadAsStringAsync(RunningHub.Cancel);
        return new Answer(response.StatusCode, target is null ? null : target.GetLeftPart(UriPartial.Authority) == Address.GetLeftPart(UriPartial.Authority) ? target.PathAndQuery : target.AbsoluteUri, response.Headers.RetryAfter?.Delta, WebUtility.HtmlDecode(text),
            [.. HiddenField().Matches(OwnForm().Match(text) is { Success: true } own ? own.Value : text).Select(match => (match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value)))],
            response.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : []);
    }

    /// <summary>A page's form names its handler; others, such as the one that signs out, have an address of their own.</summary>
    [GeneratedRegex("<form[^>]*><input type=\"hidden\" name=\"_handler\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex OwnForm();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField();
}

/// <param name="Status">Of HTTP.</param>
/// <param name="Location">Where a redirect leads; a path when it stays on the hub.</param>
/// <param name="RetryAfter">How long to wait.</param>
/// <param name="Text">Of the page, entities resolved.</param>
/// <param name="HiddenFields">Of its own form.</param>
/// <param name="SetCookies">As sent.</param>
internal sealed record Answer(
    HttpStatusCode Status, string? Location, TimeSpan? RetryAfter, string Text, IReadOnlyList<(string Name, string Value)> HiddenFields, IReadOnlyList<string> SetCookies);
