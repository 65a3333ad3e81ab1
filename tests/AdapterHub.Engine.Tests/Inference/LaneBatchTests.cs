using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Models;
using AdapterHub.Torch;

namespace AdapterHub.Engine.Tests.Inference;

/// <summary>Rows that join and leave a batch: what each makes is what it would have made alone.</summary>
public sealed class LaneBatchTests : IDisposable
{
    private const string Base = "llama3-untied";
    private readonly CausalModel _model = LaneCases.Load(Base);
    private readonly List<ResidentAdapter> _adapters = [];

    public LaneBatchTests() => _adapters.AddRange(Enumerable.Range(0, 3).Select(index => ResidentAdapter.Place(_model, LaneCases.Random(_model, 40 + index), $"a{index}")));

    public void Dispose()
    {
        _adapters.ForEach(adapter => adapter.Dispose());
        _model.Dispose();
    }

    [Fact]
    public void GreedyRow_EqualsTheGenerator()
    {
        var expected = new TokenGenerator(_model).Generate([5, 6, 7], SamplingOptions.Greedy with { MaxNewTokens = 40, IgnoreEnd = true }).ToList();
        using var batch = new LaneBatch(_model, new LaneBatchOptions());
        Run(batch, Row(LaneBlend.Base, [5, 6, 7], SamplingOptions.Greedy with { MaxNewTokens = 40, IgnoreEnd = true })).Single().ShouldBe(expected);
    }

    /// <summary>Greedy and sampled rows of five blends, joined at different times, on prompts of 1 to 70 tokens: token for token what each makes alone.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SharedBatch_EveryRow_MakesWhatItMakesAlone(bool recorded)
    {
        var rows = Enumerable.Range(0, 12).Select(index => (Func<GeneratingRow>)(() => Row(Blend(index), LaneCases.Text(index, 1 + index * 6, 97), Sampling(index)))).ToList();
        var alone = rows.Select(make =>
        {
            using var batch = new LaneBatch(_model, new LaneBatchOptions());
            return Run(batch, make()).Single();
        }).ToList();

        using var shared = new LaneBatch(_model, new LaneBatchOptions { PassTokens = 32, MostRows = 7, RecordsDecoding = recorded });
        Run(shared, [.. rows.Select(make => make())]).ShouldBe(alone);
        alone.Select(tokens => string.Join(',', tokens)).Distinct().Count().ShouldBe(12, "the rows differ");
    }

    [Fact]
    public void ScoresOfTokens_AreTheModelsOwn()
    {
        using var batch = new LaneBatch(_model, new LaneBatchOptions());
        var row = new GeneratingRow(Blend(1), [3, 4, 5], new SamplingOptions { MaxNewTokens = 12, IgnoreEnd = true, Temperature = 2, RepetitionPenalty = 1.3, TopK = 9 }, 5);
        batch.TryAdd(row).ShouldBeTrue();
        List<TokenScore> scores = [];
        while (batch.Rows > 0)
            scores.AddRange(batch.Step().OfType<TokenMade>().Select(made => made.Score));

        var text = row.Tokens.ToArray();
        var scored = new ScoringRow(Blend(1), text, 97);
        var all = LaneCases.Score(batch, [scored], 97)[scored];
        for (var i = 0; i < scores.Count; i++)
        {
            var place = all.AsSpan((2 + i) * 97, 97).ToArray();
            ((double)scores[i].LogProbability).ShouldBe(place[scores[i].Token], 1e-4);
            scores[i].Alternatives.Length.ShouldBe(5);
            ((double)scores[i].Alternatives[0].LogProbability).ShouldBe(place.Max(), 1e-4);
            scores[i].Alternatives.Select(alternative => alternative.LogProbability).ShouldBeInOrder(SortDirection.Descending);
        }
    }

    [Fact]
    public void RemovedRow_LeavesTheOthersAsTheyAre_AndItsRoomFree()
    {
        using var batch = new LaneBatch(_model, new LaneBatchOptions { MostRows = 2 });
        GeneratingRow Make() => Row(Blend(2), [9, 8, 7], SamplingOptions.Greedy with { MaxNewTokens = 20, IgnoreEnd = true });
        var expected = Run(batch, Make()).Single();
        var (kept, gone) = (Make(), Row(Blend(1), [1], SamplingOptions.Greedy with { MaxNewTokens = 200, IgnoreEnd = true }));
        batch.TryAdd(gone).ShouldBeTrue();
        batch.TryAdd(kept).ShouldBeTrue();
        batch.TryAdd(Make()).ShouldBeFalse("two rows are all there may be");
        batch.Step();
        batch.Step();
        batch.Remove(gone);
        batch.Remove(gone);
        var after = Make();
        batch.TryAdd(after).ShouldBeTrue();
        while (batch.Rows > 0)
            batch.Step().ShouldAllBe(output => output.Row != gone);
        kept.Tokens.Skip(3).ShouldBe(expected);
        after.Tokens.Skip(3).ShouldBe(expected);
    }

    [Fact]
    public void Ends_AreTheModelsTheLimitsAndTheContexts()
    {
        using var batch = new LaneBatch(_model, new LaneBatchOptions());
        End(Row(LaneBlend.Base, [1, 2], SamplingOptions.Greedy with { MaxNewTokens = 3, IgnoreEnd = true })).ShouldBe(RowEnd.Length);
        var full = Row(LaneBlend.Base, LaneCases.Text(2, 1020, 97), SamplingOptions.Greedy with { MaxNewTokens = 50, IgnoreEnd = true });
        End(full).ShouldBe(RowEnd.Context);
        full.Made.ShouldBe(new TokenGenerator(_model).Generate(LaneCases.Text(2, 1020, 97), full.Options).Count());

        RowEnd End(GeneratingRow row)
        {
            batch.TryAdd(row).ShouldBeTrue();
            RowEnd? end = null;
            while (batch.Rows > 0)
                end = batch.Step().OfType<RowEnded>().SingleOrDefault()?.End ?? end;
            return end.ShouldNotBeNull();
        }
    }

    [Fact]
    public void WhatNoBatchCouldTake_IsSaidInWords()
    {
        using var batch = new LaneBatch(_model, new LaneBatchOptions { CachePositions = 64 });
        batch.FindObstacle(Row(LaneBlend.Base, LaneCases.Text(1, 1024, 97), SamplingOptions.Greedy)).ShouldNotBeNull().ShouldContain("the model's context holds 1024");
        batch.FindObstacle(Row(LaneBlend.Base, [1], SamplingOptions.Greedy with { MaxNewTokens = 500 })).ShouldNotBeNull().ShouldContain("the cache holds 64");
        batch.FindObstacle(Row(LaneBlend.Base, [97], SamplingOptions.Greedy with { MaxNewTokens = 2 })).ShouldNotBeNull().ShouldContain("Token 97");
        batch.FindObstacle(Row(LaneBlend.Base, [96], SamplingOptions.Greedy with { MaxNewTokens = 2 })).ShouldBeNull();
        Should.Throw<ArgumentException>(() => batch.TryAdd(Row(LaneBlend.Base, [97], SamplingOptions.Greedy)));
    }

    /// <summary>Nothing that a pass makes outlives it, and released adapters leave nothing bound.</summary>
    [Fact]
    public void Passes_LeaveNoTensorsBehind_AndTheBaseAsItWas()
    {
        var before = LaneCases.LogProbabilities(_model, [1, 2, 3]);
        EarlierTests.FreeTensors();
        long bytes = 0;
        using (var batch = new LaneBatch(_model, new LaneBatchOptions()))
        {
            for (var round = 0; round < 6; round++)
            {
                Run(batch, [.. Enumerable.Range(0, 4).Select(index => Row(Blend(index + round), [1, 2], SamplingOptions.Greedy with { MaxNewTokens = 30 }))]);
                if (round == 2)
                    bytes = TorchRuntime.CpuMemory.LiveBytes;
            }

            TorchRuntime.CpuMemory.LiveBytes.ShouldBeLessThan(bytes + 200_000);
            batch.ReleaseIdle();
            _adapters.ShouldAllBe(adapter => !batch.Holds(adapter));
        }

        LaneCases.LogProbabilities(_model, [1, 2, 3]).ShouldBe(before);
    }

    private static GeneratingRow Row(LaneBlend blend, int[] prompt, SamplingOptions options) => new(blend, prompt, options);

    private static SamplingOptions Sampling(int index) => index % 2 == 0
        ? SamplingOptions.Greedy with { MaxNewTokens = 25, IgnoreEnd = true }
        : new SamplingOptions { MaxNewTokens = 10 + index, IgnoreEnd = true, Seed = (ulong)index, Temperature = 0.9, TopP = 0.9, RepetitionPenalty = 1.1, MinP = 0.01 };

    private LaneBlend Blend(int index) => new(_adapters.Take(index % 4).Select((adapter, place) => new LaneShare(adapter, 0.4 * (place + 1) - 0.3 * (index % 3))));

    /// <summary>Runs rows to their ends, each joining as soon as there is room.</summary>
    private static List<List<int>> Run(LaneBatch batch, params GeneratingRow[] rows)
    {
        var made = rows.ToDictionary(row => (LaneRow)row, _ => new List<int>());
        var waiting = new Queue<GeneratingRow>(rows);
        while (batch.Rows + waiting.Count > 0)
        {
            while (waiting.TryPeek(out var next) && batch.TryAdd(next))
                waiting.Dequeue();
            foreach (var output in batch.Step().OfType<TokenMade>())
                made[output.Row].Add(output.Score.Token);
        }

        return [.. rows.Select(row => made[row])];
    }
}
