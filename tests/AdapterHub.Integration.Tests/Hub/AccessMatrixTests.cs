using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AdapterHub.Integration.Tests.Hub;

/// <summary>
/// Every endpoint below /api/hub, called as everybody, for repositories in every state. The endpoints are those that the server has, the
/// expectation follows from the need that each declares; a new endpoint without a declaration or without a sample call fails here.
/// </summary>
public sealed partial class AccessMatrixTests(MatrixHub matrix) : IClassFixture<MatrixHub>
{
    public static TheoryData<MatrixRole> Roles => [.. Enum.GetValues<MatrixRole>()];

    [Fact]
    public void EveryEndpoint_DeclaresItsNeedAndItsName()
    {
        matrix.Endpoints.Count.ShouldBeGreaterThan(60);
        matrix.Endpoints.Where(endpoint => endpoint.Need is null || endpoint.Name.Contains('/', StringComparison.Ordinal))
            .Select(endpoint => $"{endpoint.Method} {endpoint.Pattern}").ShouldBeEmpty("Say .Needs(...) and .WithName(...) where it is mapped.");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task EveryEndpoint_AnswersEverybodyAsItDeclares(MatrixRole role)
    {
        var wrong = new List<string>();
        foreach (var endpoint in matrix.Endpoints)
        {
            foreach (var state in endpoint.IsOfARepository ? Enum.GetValues<MatrixState>() : [MatrixState.Public])
            {
                if (await FindFaultAsync(endpoint, role, state) is { } fault)
                    wrong.Add($"{endpoint.Method} {endpoint.Pattern} as {role}, {state}: {fault}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    private async Task<string?> FindFaultAsync(MatrixEndpoint endpoint, MatrixRole role, MatrixState state)
    {
        var expected = AccessMatrix.Expect(endpoint.Need!.Value, role, state);
        var repository = endpoint.IsOfARepository ? (await matrix.RepositoryAsync(state)).ToString() : "";
        using var response = await CallAsync(endpoint, role, repository);
        var body = await response.Content.ReadAsStringAsync(RunningHub.Cancel);
        if (response.IsSuccessStatusCode && endpoint.Method is not ("GET" or "HEAD"))
            await matrix.RenewAsync(endpoint, state);
        if (expected is { } status)
        {
            if (response.StatusCode != status)
                return $"{(int)response.StatusCode} instead of {(int)status}: {body}";
            return status == HttpStatusCode.NotFound && endpoint.IsOfARepository ? await FindLeakAsync(endpoint, role, repository, body) : null;
        }

        // Carried out, or refused for a reason that only who is allowed hears: the state is another, the sample is not complete.
        return response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity
            || (response.StatusCode == HttpStatusCode.NotFound && MatrixSamples.FindsNothing(endpoint.Name)) ? null
            : $"{(int)response.StatusCode}, but it is allowed: {body}";
    }

    /// <summary>A hidden repository is answered byte for byte as one that does not exist.</summary>
    private async Task<string?> FindLeakAsync(MatrixEndpoint endpoint, MatrixRole role, string repository, string body)
    {
        const string Absent = "owner/absent";
        using var response = await CallAsync(endpoint, role, Absent);
        var absent = await response.Content.ReadAsStringAsync(RunningHub.Cancel);
        return response.StatusCode == HttpStatusCode.NotFound && absent == body.Replace(repository, Absent, StringComparison.Ordinal) ? null
            : $"it is told from an absent one: {body} / {absent}";
    }

    private async Task<HttpResponseMessage> CallAsync(MatrixEndpoint endpoint, MatrixRole role, string repository)
    {
        var sample = MatrixSamples.For(endpoint.Name, matrix, role);
        var parts = repository.Split('/');
        var path = Parameter().Replace(endpoint.Pattern, part => part.Groups["name"].Value switch
        {
            "owner" when repository.Length > 0 => parts[0],
            "name" => parts[1],
            var name => sample.Values.TryGetValue(name, out var value) ? value
                : throw new InvalidOperationException($"{endpoint.Pattern} has the part {name}, for which {nameof(MatrixSamples)} has no value."),
        });
        using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), path.TrimEnd('/') + sample.Query);
        if (sample.Body is { } json)
            request.Content = new StringContent(json, Encoding.UTF8, sample.MediaType);
        return await matrix.ClientOf(role).SendAsync(request, RunningHub.Cancel);
    }

    [GeneratedRegex(@"\{\**(?<name>\w+)(:\w+)?\}")]
    private static partial Regex Parameter();
}
