using AdapterHub.Engine.Training.Datasets;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class BatchStreamTests
{
    public static TheoryData<string> Sources => ["packed", "unpacked", "flow", "windows", "mixture"];

    [Theory]
    [MemberData(nameof(Sources))]
    public void ResumeAtAnyStep_GoesOnAsTheUninterruptedStream(string source)
    {
        const int steps = 40;
        var whole = new BatchStream(Rows(source), 4);
        var positions = new List<DataPosition>();
        var batches = new List<TrainingBatch>();
        for (var step = 0; step < steps; step++)
        {
            positions.Add(whole.Position);
            batches.Add(whole.Next());
        }

        whole.Position.Epoch.ShouldBeGreaterThan(1, "the test has to cross epochs");
        for (var step = 0; step < steps; step += 3)
        {
            var resumed = new BatchStream(Rows(source), 4, positions[step]);
            for (var k = step; k < Math.Min(step + 12, steps); k++)
                ShouldBeEqual(resumed.Next(), batches[k]);
        }
    }

    [Fact]
    public void Epoch_HoldsEveryRowOnceAlsoAcrossBatches() => TestDocuments.Check(Gen.Choose(1, 30).Two(), pair =>
    {
        var (rows, batch) = (Math.Max(pair.Item1, pair.Item2), Math.Min(pair.Item1, pair.Item2));
        var documents = TestDocuments.Distinct(Enumerable.Repeat(6, rows), RowFit.Keep);
        var stream = new BatchStream(new SequencePacker(documents, new PackingOptions(5)), batch);
        var first = Enumerable.Range(0, rows).SelectMany(_ => stream.Next().InputIds.Chunk(5)).Select(row => row[0]).ToList();
        first.Count.ShouldBe(rows * batch);
        foreach (var epoch in first.Chunk(rows))
            epoch.Order().ShouldBe(Enumerable.Range(0, rows).Select(k => 100 + 6 * k));
    });

    [Fact]
    public void Reused_BatchIsOverwrittenWhole()
    {
        var fresh = new BatchStream(Rows("unpacked"), 4);
        var reusing = new BatchStream(Rows("unpacked"), 4);
        TrainingBatch? batch = null;
        for (var step = 0; step < 20; step++)
        {
            batch = reusing.Next(batch);
            ShouldBeEqual(batch, fresh.Next());
        }

        Should.Throw<ArgumentException>(() => fresh.Next(TrainingBatch.Create(1, 8)));
    }

    [Fact]
    public void OnePass_FillsTheLastBatchWithPadding()
    {
        var documents = TestDocuments.Distinct([5, 5, 5], RowFit.Keep);
        var rows = new SequencePacker(documents, new PackingOptions(4) { Shuffle = false });
        var batches = BatchStream.OnePass(rows, 2).ToList();
        batches.Count.ShouldBe(2);
        batches[1].InputIds.ShouldBe([110, 111, 112, 113, 0, 0, 0, 0]);
        batches[1].CumulativeLengths.ShouldBe([0, 4, 8]);
        (batches[1].LossTokens, batches[1].FilledPositions).ShouldBe((4, 4));
        BatchStream.OnePass(rows, 2, mostBatches: 1).Count().ShouldBe(1);
    }

    [Fact]
    public void TooLittleData_IsSaidWithNumbersAndWhatToChange() =>
        Should.Throw<DatasetException>(() => new BatchStream(new SequencePacker(TestDocuments.Distinct([700], RowFit.Flow), new PackingOptions(256)), 8)).Message.ShouldBe(
            "the training data fills 3 rows of 256 tokens, fewer than a batch of 8: " +
            "set the batch size to 3 or less, shorten the sequence length to about 96, or add data");

    [Fact]
    public void PositionOfOtherData_IsRefused()
    {
        var position = new BatchStream(Rows("packed"), 4).Position;
        foreach (var other in new[] { "unpacked", "flow", "windows" })
            Should.Throw<DatasetException>(() => new BatchStream(Rows(other), 4, position)).Message.ShouldStartWith("the data, the tokenizer, the sequence length or the seed");
        new BatchStream(Rows("packed"), 2, position).Position.ShouldBe(position, "the batch size may change");
    }

    private static IRowSource Rows(string source)
    {
        var random = new SplitMix64(9);
        var lengths = Enumerable.Range(0, 30).Select(_ => 2 + (int)random.Next(12)).ToList();
        return source switch
        {
            "packed" => new SequencePacker(TestDocuments.Distinct(lengths, RowFit.Keep), new PackingOptions(8) { Seed = 4 }),
            "unpacked" => new SequencePacker(TestDocuments.Distinct(lengths, RowFit.Keep), new PackingOptions(8) { Seed = 4, Packing = false }),
            "flow" => new SequencePacker(TestDocuments.Distinct(lengths, RowFit.Flow), new PackingOptions(8) { Seed = 4 }),
            "windows" => new WindowSampler([new(TestDocuments.Distinct(lengths, RowFit.Flow))], 8, seed: 4),
            _ => new WindowSampler(
                [new(TestDocuments.Distinct(lengths, RowFit.Flow), 0.7), new(TestDocuments.Distinct([50, 60], RowFit.Flow), 2.3)], 8, seed: 4),
        };
    }

    private static void ShouldBeEqual(TrainingBatch actual, TrainingBatch expected)
    {
        actual.InputIds.ShouldBe(expected.InputIds);
        actual.Labels.ShouldBe(expected.Labels);
        actual.Positions.ShouldBe(expected.Positions);
        actual.CumulativeLengths.ShouldBe(expected.CumulativeLengths);
        (actual.LossTokens, actual.FilledPositions).ShouldBe((expected.LossTokens, expected.FilledPositions));
    }
}
