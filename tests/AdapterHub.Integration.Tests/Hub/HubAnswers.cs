using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using AdapterHub.Protocol.Hub;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>Requests and answers of the hub's interface in one line each.</summary>
internal static class HubAnswers
{
    public static async Task<T> ReadAsync<T>(this HttpClient client, string path, JsonTypeInfo<T> type) where T : class
    {
        using var response = await client.GetAsync(path, RunningHub.Cancel);
        return await response.ReadAsync(type);
    }

    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response, JsonTypeInfo<T> type) where T : class
    {
        var text = await response.Content.ReadAsStringAsync(RunningHub.Cancel);
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri}: {(int)response.StatusCode} {text}");
        return System.Text.Json.JsonSerializer.Deserialize(text, type).ShouldNotBeNull();
    }

    public static async Task<HttpResponseMessage> SendJsonAsync<T>(this HttpClient client, HttpMethod method, string path, T body, JsonTypeInfo<T> type) where T : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, type) };
        return await client.SendAsync(request, RunningHub.Cancel);
    }

    public static async Task<HttpResponseMessage> SendAsync(this HttpClient client, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await client.SendAsync(request, RunningHub.Cancel);
    }

    /// <summary>Expects problem details of this status, well-formed and without anything of the program's inside.</summary>
    public static async Task<HubProblem> ShouldBeProblemAsync(this Task<HttpResponseMessage> asked, HttpStatusCode status)
    {
        using var response = await asked;
        var text = await response.Content.ReadAsStringAsync(RunningHub.Cancel);
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(HubProblem.MediaType);
        text.ShouldNotContain("   at ");
        var problem = System.Text.Json.JsonSerializer.Deserialize(text, HubJson.Default.HubProblem).ShouldNotBeNull();
        problem.Status.ShouldBe((int)status);
        problem.Type.ShouldStartWith("/api#");
        problem.Title.ShouldNotBeEmpty();
        problem.Detail.ShouldNotBeNullOrEmpty();
        return problem;
    }
}
