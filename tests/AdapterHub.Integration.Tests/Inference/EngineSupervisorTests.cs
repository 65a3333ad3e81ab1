using System.Net;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Integration.Tests.Inference;

/// <summary>Engines that do not start.</summary>
public sealed class EngineSupervisorTests
{
    [Theory]
    [InlineData("/nowhere/adapterhub", "/nowhere/adapterhub")]
    [InlineData("/bin/false", "it ended without a word")]
    public async Task EngineThatCannotStart_IsSaidInWords_AndTriedAgainAfterAPause(string program, string reason)
    {
        await using var hub = await RunningHub.StartSeededAsync(Path.Combine(Repository.Root, "data/seed"), $"--Lanes:Program={program}", "--Logging:LogLevel:Default=None");
        var client = hub.As(await hub.AddUserAsync("ann"));
        (await AskAsync()).ShouldContain(reason);
        (await AskAsync()).ShouldContain(reason, Case.Sensitive, "after one failure it is tried at once");
        (await AskAsync()).ShouldContain("failed 2 times in a row. It is tried again in");

        async Task<string> AskAsync() => (await client.SendJsonAsync(HttpMethod.Post, "/api/hub/lanes/generate", LaneHub.Ask(2, LaneHub.Lane("base")), InferenceJson.Default.LaneRequest)
            .ShouldBeProblemAsync(HttpStatusCode.TooManyRequests)).Detail!;
    }
}
