using System.Diagnostics;
using System.Net;
using AdapterHub.Catalog.Database;
using AdapterHub.Integration.Tests.Hub;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Integration.Tests.Inference;

/// <summary>Answers in lanes over HTTP: the hub, its engine process and the seed model, as they run for people.</summary>
public sealed class LaneApiTests(LaneHub lanes) : IClassFixture<LaneHub>
{
    private static readonly LaneSetup[] Three =
    [
        LaneHub.Lane("base"), LaneHub.Lane("prophet", new LaneAdapter(LaneHub.Prophet)),
        LaneHub.Lane("both", new LaneAdapter(LaneHub.Prophet, 0.5), new LaneAdapter(LaneHub.Cynic, 0.7) { Layers = [new LaneLayerWeight("layers.0-3", 0)] }),
    ];

    [Fact]
    public async Task Lanes_StreamSideBySide_AndTheSameSeedGivesTheSameTexts()
    {
        var events = await lanes.RunAsync(lanes.Ann, LaneHub.Ask(24, Three));

        events[0].ShouldBeOfType<LanesStarted>().PromptTokens.ShouldBeGreaterThan(1);
        events[^1].ShouldBeOfType<LanesDone>().FirstTokenMilliseconds.ShouldNotBeNull();
        events.OfType<LaneEnded>().Select(ended => (ended.Lane, ended.End, ended.Tokens)).Order()
            .ShouldBe([("base", LaneEnd.Length, 24), ("both", LaneEnd.Length, 24), ("prophet", LaneEnd.Length, 24)]);
        events.OfType<LaneToken>().Take(3).Select(token => token.Lane).ShouldBe(["base", "prophet", "both"], "one batch gives every lane its token");
        var texts = Three.Select(lane => LaneHub.TextOf(events, lane.Label)).ToList();
        texts.Distinct().Count().ShouldBe(3);

        var again = await lanes.RunAsync(lanes.Ben, LaneHub.Ask(24, Three));
        Three.Select(lane => LaneHub.TextOf(again, lane.Label)).ShouldBe(texts);
    }

    [Fact]
    public async Task TwoPeopleAtOnce_EachGetWhatTheyGetAlone()
    {
        var (first, second) = (LaneHub.Ask(40, Three), LaneHub.Ask(40, Three) with { Prompt = "A politician is" });
        var alone = LaneHub.TextOf(await lanes.RunAsync(lanes.Ben, second), "both");
        var together = await Task.WhenAll(lanes.RunAsync(lanes.Ann, first), lanes.RunAsync(lanes.Ben, second));
        LaneHub.TextOf(together[1], "both").ShouldBe(alone);
        together[0].OfType<LaneToken>().Count().ShouldBe(120);
    }

    [Fact]
    public async Task Alternatives_ComeBestFirst_WithTheirTexts()
    {
        var events = await lanes.RunAsync(lanes.Ann, LaneHub.Ask(5, Three) with { Alternatives = 4, Sampling = new LaneSampling { Temperature = 0, MaxTokens = 5, IgnoreEnd = true } });
        foreach (var token in events.OfType<LaneToken>())
        {
            token.Alternatives.Count.ShouldBe(4);
            token.Alternatives[0].ShouldBe(new LaneAlternative(token.Id, token.Token, token.LogProbability), "greedy takes the most probable one");
            token.Alternatives.Select(alternative => alternative.LogProbability).ShouldBeInOrder(SortDirection.Descending);
        }
    }

    [Fact]
    public async Task StopText_EndsTheLaneBeforeIt()
    {
        var whole = LaneHub.TextOf(await lanes.RunAsync(lanes.Ann, LaneHub.Ask(30, Three[1])), "prophet");
        var stop = whole.Substring(20, 6);
        var request = LaneHub.Ask(30, Three[1]);
        var events = await lanes.RunAsync(lanes.Ann, request with { Sampling = request.Sampling! with { Stop = [stop] } });
        LaneHub.TextOf(events, "prophet").ShouldBe(whole[..whole.IndexOf(stop, StringComparison.Ordinal)]);
        events.OfType<LaneEnded>().Single().End.ShouldBe(LaneEnd.Stop);
    }

    [Fact]
    public async Task Conversation_IsAnsweredByABaseThatNeverSawOne()
    {
        var events = await lanes.RunAsync(lanes.Ann, LaneHub.Ask(8, Three[1]) with { Prompt = null, Messages = [new LaneMessage("user", "Who made the heavens?")] });
        events.OfType<LaneToken>().Count().ShouldBe(8);
    }

    /// <summary>Each lane of one batch goes on from its own conversation, as it would alone.</summary>
    [Fact]
    public async Task LanesWithConversationsOfTheirOwn_AnswerAsEachWouldAlone()
    {
        LaneMessage[] first = [new("user", "Who made the heavens?"), new("assistant", "The LORD made them."), new("user", "And the sea?")];
        LaneMessage[] second = [new("system", "A dictionary."), new("user", "Politician, n.")];
        var ask = LaneHub.Ask(12, Three[1]) with { Prompt = null, Sampling = new LaneSampling { Temperature = 0, MaxTokens = 12, IgnoreEnd = true } };
        var together = await lanes.RunAsync(lanes.Ann, ask with { Lanes = [Three[0] with { Messages = first }, Three[1] with { Messages = second }] });

        foreach (var (lane, messages) in new[] { (Three[0], first), (Three[1], second) })
        {
            var alone = await lanes.RunAsync(lanes.Ann, ask with { Lanes = [lane], Messages = messages, Base = LaneHub.Base });
            LaneHub.TextOf(together, lane.Label).ShouldBe(LaneHub.TextOf(alone, lane.Label));
        }
    }

    [Fact]
    public async Task Score_FindsATextMoreProbableInTheLaneOfItsKind()
    {
        using var response = await lanes.Hub.As(lanes.Ann).SendJsonAsync(HttpMethod.Post, "/api/hub/lanes/score",
            new LaneScoring { Lanes = [Three[0], Three[1]], Text = "And it came to pass in those days, that the LORD spake unto Moses, saying, Go unto the children of Israel.", Alternatives = 2 },
            InferenceJson.Default.LaneScoring);
        var events = await LaneHub.ReadAsync(response).ToListAsync(RunningHub.Cancel);
        var scores = events.OfType<LaneScored>().ToDictionary(scored => scored.Lane);
        scores["prophet"].Perplexity.ShouldBeLessThan(scores["base"].Perplexity);
        var tokens = scores["base"].Tokens;
        string.Concat(tokens.Select(token => token.Token)).ShouldEndWith("children of Israel.");
        tokens[0].LogProbability.ShouldBeNull();
        tokens.Skip(1).Sum(token => token.LogProbability!.Value).ShouldBe(scores["base"].LogProbability, 1e-6);
        tokens[1].Alternatives.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Continuation_IsScoredAsTheLaneItselfSawIt_AndByOthers()
    {
        var events = await lanes.RunAsync(lanes.Ann, LaneHub.Ask(12, Three[0], Three[1]));
        var made = events.OfType<LaneToken>().Where(token => token.Lane == "prophet").ToList();
        var request = new LaneScoring { Base = LaneHub.Base, Lanes = [Three[0], Three[1]], Prompt = "In the beginning", Continuation = [.. made.Select(token => token.Id)], Alternatives = 3 };
        using var response = await lanes.Hub.As(lanes.Ann).SendJsonAsync(HttpMethod.Post, "/api/hub/lanes/score", request, InferenceJson.Default.LaneScoring);
        var scores = (await LaneHub.ReadAsync(response).ToListAsync(RunningHub.Cancel)).OfType<LaneScored>().ToDictionary(scored => scored.Lane);

        scores["prophet"].Tokens.Select(token => token.Id).ShouldBe(made.Select(token => token.Id));
        // One pass over all tokens adds in another order than one pass a token.
        scores["prophet"].Tokens.Zip(made).ShouldAllBe(pair => Math.Abs(pair.First.LogProbability!.Value - pair.Second.LogProbability) < 1e-3);
        scores["prophet"].Perplexity.ShouldBe(Math.Exp(-made.Average(token => token.LogProbability)), 0.1);
        scores["base"].LogProbability.ShouldBeLessThan(scores["prophet"].LogProbability);
        scores["base"].Tokens.ShouldAllBe(token => token.Alternatives.Count == 3);
    }

    [Fact]
    public async Task ClosedConnection_EndsTheLanes()
    {
        using var stop = new CancellationTokenSource();
        using (var response = await lanes.PostAsync(lanes.Ann, LaneHub.Ask(450, Three), stop.Token))
        {
            await LaneHub.ReadAsync(response).OfType<LaneToken>().Take(3).ToListAsync(RunningHub.Cancel);
            (await lanes.StatusAsync()).Models.Single().Rows.ShouldBeGreaterThan(0);
            await stop.CancelAsync();
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"The engine was at rest after {(await lanes.WaitForRestAsync()).TotalMilliseconds:F0} ms.");
    }

    [Fact]
    public async Task EngineKilledWhileItAnswers_LanesSayIt_AndTheNextRequestWorks()
    {
        using var response = await lanes.PostAsync(lanes.Ann, LaneHub.Ask(450, Three));
        List<LaneEvent> events = [];
        await foreach (var happened in LaneHub.ReadAsync(response))
        {
            events.Add(happened);
            if (happened is LaneToken && events.OfType<LaneToken>().Count() == 6)
            {
                using var engine = Process.GetProcessById(await lanes.FindProcessAsync());
                engine.Kill();
            }
        }

        events.OfType<LaneEnded>().Select(ended => (ended.Lane, ended.End)).Order().ShouldBe([("base", LaneEnd.Failed), ("both", LaneEnd.Failed), ("prophet", LaneEnd.Failed)]);
        events.OfType<LaneEnded>().ShouldAllBe(ended => ended.Message!.Contains("The engine stopped"));
        events[^1].ShouldBeOfType<LanesFailed>().Fault.ShouldBe(LanesFault.Engine);
        (await lanes.RunAsync(lanes.Ann, LaneHub.Ask(4, Three)))[^1].ShouldBeOfType<LanesDone>();
    }

    [Fact]
    public async Task MoreRequestsThanOneMayHave_AreBusy_AndOthersAreNot()
    {
        List<HttpResponseMessage> running = [];
        for (var i = 0; i < 6; i++)
            running.Add(await lanes.PostAsync(lanes.Ann, LaneHub.Ask(450, Three)));

        var problem = await lanes.PostAsync(lanes.Ann, LaneHub.Ask(4, Three)).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        problem.Detail!.ShouldContain("6 of your requests");
        (await lanes.RunAsync(lanes.Ben, LaneHub.Ask(4, Three)))[^1].ShouldBeOfType<LanesDone>("another's turn comes all the same");
        running.ForEach(response => response.Dispose());
        await lanes.WaitForRestAsync();
    }

    [Fact]
    public async Task WhatOneMayNotSee_IsAnsweredAsIfItDidNotExist()
    {
        var hidden = await lanes.Hub.AddRepositoryAsync(lanes.Ben, $"hidden{Guid.NewGuid():N}", RepositoryVisibility.Private);
        var request = LaneHub.Ask(4, LaneHub.Lane("a", new LaneAdapter(hidden.ToString())));
        await lanes.PostAsync(lanes.Ann, request).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await lanes.PostAsync(lanes.Ann, LaneHub.Ask(4, Three) with { Base = hidden.ToString() }).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await lanes.PostAsync(null, request).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task WrongRequests_AreRefusedInWords()
    {
        await RefusedAsync(LaneHub.Ask(0, Three), "maxTokens");
        await RefusedAsync(LaneHub.Ask(4, Three) with { Prompt = string.Concat(Enumerable.Repeat("word ", 600)) }, "context holds 512");
        await RefusedAsync(LaneHub.Ask(4, Three[0], Three[0]), "Two lanes");
        await RefusedAsync(LaneHub.Ask(4, LaneHub.Lane("a", new LaneAdapter(LaneHub.Base))), "is not an adapter");
        await RefusedAsync(LaneHub.Ask(4, LaneHub.Lane("a", new LaneAdapter(LaneHub.Prophet, 1e6))), "weights lie between");
        await RefusedAsync(LaneHub.Ask(4, LaneHub.Lane("a", new LaneAdapter(LaneHub.Prophet) { Layers = [new LaneLayerWeight("a..b", 1)] })), "pattern");
        await RefusedAsync(LaneHub.Ask(4) with { Lanes = [] }, "1 to 16 lanes");

        async Task RefusedAsync(LaneRequest request, string words) =>
            (await lanes.PostAsync(lanes.Ann, request).ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity)).Detail!.ShouldContain(words);
    }
}
