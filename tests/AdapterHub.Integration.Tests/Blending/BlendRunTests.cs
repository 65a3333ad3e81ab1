using System.Text;
using System.Text.Json.Nodes;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Integration.Tests.Inference;
using AdapterHub.Protocol.Hub;
using AdapterHub.Protocol.Hub.Client;
using AdapterHub.Protocol.Inference;
using AdapterHub.Protocol.Runs;

namespace AdapterHub.Integration.Tests.Blending;

/// <summary>Blends as runs of a hub: queued, carried out by a worker process, published with recipe, card and parents.</summary>
public sealed class BlendRunTests(BlendHub scene) : IClassFixture<BlendHub>
{
    private static CancellationToken Cancel => BlendHub.Cancel;

    [Fact]
    public async Task SavedBlend_IsPublishedWithRecipeCardAndParents()
    {
        var run = await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 0.7), (BlendHub.Cynic, 0.3)) with { License = "cc0-1.0", Report = true }, "ann/mix", "once");
        (await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 0.7), (BlendHub.Cynic, 0.3)) with { License = "cc0-1.0", Report = true }, "ann/mix", "once")).Id.ShouldBe(run.Id);
        var events = await scene.FinishAsync(run);

        run.Kind.ShouldBe("blend");
        events.OfType<InterferenceMeasured>().ShouldHaveSingleItem().Pairs.ShouldHaveSingleItem().Modules.ShouldNotBeEmpty();
        events.OfType<BlendMeasured>().ShouldHaveSingleItem().IsExact.ShouldBeTrue();
        var proof = events.OfType<BlendProven>().ShouldHaveSingleItem();
        proof.LargestDifference.ShouldBeLessThan(proof.Tolerance.ShouldNotBeNull());
        proof.LargestChange.ShouldBeGreaterThan(1, "the adapters do something");
        var published = events.OfType<AdapterPublished>().ShouldHaveSingleItem();
        published.Repository.ShouldBe("ann/mix");
        events.Select(happened => happened.Number).ShouldBe(Enumerable.Range(1, events.Count).Select(k => (long)k));

        var revision = await scene.Client.GetRevisionAsync("ann/mix", published.CommitId, Cancel);
        revision.Files.Select(file => file.Path).ShouldBe(["README.md", "adapter_config.json", "adapter_model.safetensors", "blend.json"], ignoreOrder: true);
        var detail = await scene.Client.GetRunAsync(run.Id, Cancel);
        detail.Sources.Where(source => source.Relation == "adapter").Select(source => source.Reference).ShouldBe([BlendHub.Prophet, BlendHub.Cynic]);

        var parents = (await scene.Client.GetLineageAsync("ann/mix", Cancel)).Parents;
        parents.Where(parent => parent.Relation == HubRelation.BlendParent).Select(parent => (parent.Repository, parent.Weight)).ShouldBe([(BlendHub.Prophet, 0.7), (BlendHub.Cynic, 0.3)]);
        parents.Single(parent => parent.Relation == HubRelation.BaseModel).Repository.ShouldBe(BlendHub.Base);
        (await scene.Client.GetLineageAsync(BlendHub.Prophet, Cancel)).Children.Select(child => child.Repository).ShouldContain("ann/mix");
        TestContext.Current.TestOutputHelper?.WriteLine($"{proof}\n{await scene.ReadAsync("ann/mix", "README.md")}");
    }

    [Theory]
    [InlineData("exact", null)]
    [InlineData("dare_ties", 8)]
    public async Task RebuiltFromTheRecipe_HasTheSameBytes(string method, int? rank)
    {
        var target = $"ann/again-{method.Replace('_', '-')}";
        await scene.FinishAsync(await scene.StartAsync(
            BlendHub.Spec((BlendHub.Prophet, 0.5), ($"{BlendHub.Cynic}@main", -0.25)) with { Method = method, Rank = rank, Density = rank is null ? null : 0.4, Seed = 11 }, target));
        using var program = new CliProgram();
        program.Environment["ADAPTERHUB_HUB"] = scene.Hub.Address.ToString();
        program.Environment["ADAPTERHUB_TOKEN"] = scene.Token;
        await program.SucceedAsync("pull", target, "--out", "pulled");

        await program.SucceedAsync("blend", "--recipe", "pulled/blend.json", "--out", "again");

        foreach (var file in new[] { "adapter_model.safetensors", "adapter_config.json", "blend.json" })
            (await File.ReadAllBytesAsync(program.PathOf($"again/{file}"), Cancel)).ShouldBe(await File.ReadAllBytesAsync(program.PathOf($"pulled/{file}"), Cancel), file);
    }

    /// <summary>DoRA's change is worked out on the base, which the recipe names too.</summary>
    [Fact]
    public async Task DoraParent_IsBlendedOnTheBaseAndRebuilt()
    {
        await scene.PublishDoraAsync();
        var spec = BlendHub.Spec(("ann/dora", 0.5), (BlendHub.Cynic, 0.5));
        (await Should.ThrowAsync<HubClientException>(() => scene.StartAsync(spec, "ann/of-dora"))).Message.ShouldContain("this is a DoRA adapter");
        var events = await scene.FinishAsync(await scene.StartAsync(spec with { Method = "task_arithmetic" }, "ann/of-dora"));
        using var program = new CliProgram();
        program.Environment["ADAPTERHUB_HUB"] = scene.Hub.Address.ToString();
        program.Environment["ADAPTERHUB_TOKEN"] = scene.Token;
        await program.SucceedAsync("pull", "ann/of-dora", "--out", "pulled");
        await program.SucceedAsync("blend", "--recipe", "pulled/blend.json", "--out", "again");

        events.OfType<BlendMeasured>().ShouldHaveSingleItem().IsExact.ShouldBeFalse();
        var proven = events.OfType<BlendProven>().ShouldHaveSingleItem("a DoRA parent counts as the change that it makes to the base's weights");
        (proven.Tolerance, proven.SameFirst > 0.5).ShouldBe((null, true), $"{proven}");
        (await scene.ReadAsync("ann/of-dora", "blend.json")).ShouldContain(BlendHub.Base);
        foreach (var file in new[] { "adapter_model.safetensors", "adapter_config.json", "blend.json" })
            (await File.ReadAllBytesAsync(program.PathOf($"again/{file}"), Cancel)).ShouldBe(await File.ReadAllBytesAsync(program.PathOf($"pulled/{file}"), Cancel), file);
    }

    [Fact]
    public async Task PulledBlend_SaysWhatTheLaneOfTheSameWeightsSays()
    {
        await scene.FinishAsync(await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 0.6), (BlendHub.Cynic, 0.6)), "ann/both"));
        var request = LaneHub.Ask(24,
            LaneHub.Lane("sum", new LaneAdapter(BlendHub.Prophet) { Weight = 0.6 }, new LaneAdapter(BlendHub.Cynic) { Weight = 0.6 }),
            LaneHub.Lane("saved", new LaneAdapter("ann/both")), LaneHub.Lane("base"));
        var texts = await scene.SayAsync(request with { Sampling = request.Sampling! with { Temperature = 0 } });
        using var program = new CliProgram(Repository.Root);
        program.Environment["ADAPTERHUB_HUB"] = scene.Hub.Address.ToString();
        program.Environment["ADAPTERHUB_TOKEN"] = scene.Token;
        await program.SucceedAsync("pull", "ann/both", "--out", "both");
        var local = await program.SucceedAsync(
            "generate", "--base", "inkwell", "--adapter", "both", "--prompt", request.Prompt!, "--temperature", "0", "--max-tokens", "24", "--no-echo", "--stream", "off", "--device", "cpu");

        texts["sum"].ShouldNotBe(texts["base"]);
        texts["saved"].ShouldBe(texts["sum"]);
        local.Output.TrimEnd('\n').ShouldBe(texts["sum"].TrimEnd('\n'));
    }

    /// <summary>Scripture is what one of the two was trained for; the text that is measured is not what was learnt from.</summary>
    [Fact]
    public async Task LearnedWeights_BeatTheUniformBlendOnHeldOutText()
    {
        var run = await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 1), (BlendHub.Cynic, 1)) with
        {
            Learn = new WeightLearningSettings { Data = new TextSource { Files = ["adapterhub/king-james-wisdom:text.txt"] }, Steps = 12, BatchSize = 2, SequenceLength = 128 },
        });
        var events = await scene.FinishAsync(run);

        events.OfType<WeightsStep>().Select(step => step.Step).ShouldBe(Enumerable.Range(1, 12));
        var learned = events.OfType<WeightsLearned>().ShouldHaveSingleItem();
        learned.Adapters.ShouldBe([BlendHub.Prophet, BlendHub.Cynic]);
        var losses = learned.HeldOut.ShouldNotBeNull();
        losses.Learned.ShouldBeLessThan(losses.Uniform - 0.05);
        losses.Learned.ShouldBeLessThan(losses.Adapters[1]);
        events.OfType<AdapterPublished>().ShouldBeEmpty("no target was named");
        var view = (await scene.Client.GetRunAsync(run.Id, Cancel)).Run;
        (view.Steps, view.HeldOutLoss, view.Result).ShouldBe((12, losses.Learned, null));
    }

    /// <summary>A page's comparison does not wait for hours of training.</summary>
    [Fact]
    public async Task Blend_IsMadeWhileTheOnlyWorkerTrains()
    {
        var training = await scene.Client.StartRunAsync(new HubNewRun { Spec = BlendHub.Training(steps: 20_000), Target = "ann/long" }, Cancel);
        await foreach (var happened in scene.Client.WatchRunAsync(training.Id, 0, Cancel))
        {
            if (happened is StepTaken)
                break;
        }

        var events = await scene.FinishAsync(await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 0.5), (BlendHub.Cynic, 0.5)) with { Report = true }));
        var still = (await scene.Client.GetRunAsync(training.Id, Cancel)).Run.State;
        await scene.Client.SteerRunAsync(training.Id, "cancel", Cancel);

        events.OfType<InterferenceMeasured>().ShouldHaveSingleItem();
        still.ShouldBe(HubRunState.Running);
        await foreach (var happened in scene.Client.WatchRunAsync(training.Id, 0, Cancel))
            (happened is not RunWarned).ShouldBeTrue($"{happened}");
        (await scene.Client.GetRunAsync(training.Id, Cancel)).Run.State.ShouldBe(HubRunState.Cancelled);
    }

    [Fact]
    public async Task Learning_IsCancelledBetweenTwoSteps()
    {
        var run = await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 1), (BlendHub.Cynic, 1)) with
        {
            Learn = new WeightLearningSettings { Data = new TextSource { Files = ["adapterhub/king-james-wisdom"] }, Steps = 1000, BatchSize = 1, SequenceLength = 64 },
        });
        var events = new List<RunEvent>();
        await foreach (var happened in scene.Client.WatchRunAsync(run.Id, 0, Cancel))
        {
            events.Add(happened);
            if (happened is WeightsStep { Step: 3 })
                await scene.Client.SteerRunAsync(run.Id, "cancel", Cancel);
        }

        events.OfType<RunStateChanged>().Last().State.ShouldBe(HubRunState.Cancelled);
        events.OfType<WeightsStep>().Count().ShouldBeLessThan(500, "it stops when it is told to");
        (await scene.Client.GetRunAsync(run.Id, Cancel)).Run.Step.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("""{"adapters":[]}""", "adapter")]
    [InlineData("""{"adapters":[{"path":"adapterhub/none"}],"report":true}""", "adapterhub/none")]
    [InlineData("""{"adapters":[{"path":"adapterhub/king-james"}]}""", "what the blend is for")]
    [InlineData("""{"adapters":[{"path":"adapterhub/king-james"}],"recipe":"x"}""", "recipe")]
    [InlineData("""{"adapters":[{"path":"adapterhub/king-james"},{"path":"adapterhub/devils-dictionary"},{"path":"adapterhub/database-manual"}],"method":"slerp","report":true}""", "two parents")]
    [InlineData("""{"adapters":[{"path":"adapterhub/king-james","weight":-1},{"path":"adapterhub/devils-dictionary"}],"method":"slerp","report":true}""", "no negative weights")]
    [InlineData("""{"adapters":[{"path":"adapterhub/king-james","weight":0}],"report":true}""", "every weight is 0")]
    [InlineData("""{"adapters":[{"path":"adapterhub/king-james","layers":[{"pattern":"a..b","weight":0}]}],"report":true}""", "no pattern of layers")]
    [InlineData("""{"adapters":[{"path":"../../etc"}],"report":true}""", "repository name")]
    [InlineData("""{"base":"adapterhub/other","adapters":[{"path":"adapterhub/king-james"}],"report":true}""", "trained on adapterhub/inkwell")]
    public async Task WhatCannotBeBlended_IsRefusedBeforeItStarts(string spec, string word)
    {
        var json = JsonNode.Parse(spec)!;
        json["kind"] = "blend";
        using var content = new StringContent(new JsonObject { ["spec"] = json }.ToJsonString(), Encoding.UTF8, "application/json");

        using var refused = await scene.Hub.As(scene.Ann).PostAsync("/api/runs", content, Cancel);

        ((int)refused.StatusCode).ShouldBeOneOf(422, 404);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain(word);
    }

    [Fact]
    public async Task AdapterOfAnotherBase_IsRefusedWithBothNames()
    {
        var refused = await Should.ThrowAsync<HubClientException>(async () =>
        {
            await scene.PublishStrangerAsync();
            await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 1), ("ann/stranger", 1)) with { Report = true, Base = null });
        });

        refused.Message.ShouldContain("other sizes");
        refused.Message.ShouldContain("ann/stranger");
    }

    [Fact]
    public async Task WholeTensorsOfTwoParents_AreRefusedAndOfOneAreChosen()
    {
        await scene.PublishSaverAsync("saver-one", "king-james");
        await scene.PublishSaverAsync("saver-two", "devils-dictionary");

        var refused = await Should.ThrowAsync<HubClientException>(() => scene.StartAsync(BlendHub.Spec(("ann/saver-one", 1), ("ann/saver-two", 1)), "ann/torn"));
        (await Should.ThrowAsync<HubClientException>(() => scene.StartAsync(BlendHub.Spec(("ann/saver-one", 1), (BlendHub.Cynic, 1)), "ann/torn"))).Message.ShouldContain("to be told to take them");
        await scene.FinishAsync(await scene.StartAsync(BlendHub.Spec(("ann/saver-one", 1), (BlendHub.Cynic, 1)) with { SavedModulesFrom = 1 }, "ann/whole"));

        refused.Message.ShouldContain("ann/saver-one: it replaces whole tensors");
        refused.Message.ShouldContain("ann/saver-two: it replaces whole tensors");
        (await scene.ReadAsync("ann/whole", "README.md")).ShouldContain("| whole tensors from | ann/saver-one |");
    }

    [Fact]
    public async Task BlendWithoutABase_IsMadeAndSaysThatItWasNotProven()
    {
        var events = await scene.FinishAsync(await scene.StartAsync(BlendHub.Spec((BlendHub.Prophet, 1), (BlendHub.Cynic, 1)) with { Base = null, Rank = 4 }, "ann/small"));

        events.OfType<BlendMeasured>().ShouldHaveSingleItem().Curve.ShouldNotBeEmpty();
        events.OfType<BlendProven>().ShouldBeEmpty();
        (await scene.ReadAsync("ann/small", "README.md")).ShouldContain("approximate: relative error");
    }
}
