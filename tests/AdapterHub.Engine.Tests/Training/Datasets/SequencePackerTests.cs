using AdapterHub.Engine.Training.Datasets;
using FsCheck;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class SequencePackerTests
{
    /// <summary>Document lengths and a row length, so chosen that documents are shorter, equal, longer and much longer than a row.</summary>
    private static readonly Gen<(int[] Lengths, int Row)> Shapes =
        from row in Gen.Choose(1, 40)
        from lengths in Gen.OneOf(Gen.Choose(1, row + 2), Gen.Choose(1, 4 * row + 1)).NonEmptyListOf()
        where lengths.Any(length => length > 1)
        select (lengths.ToArray(), row);

    [Theory]
    [InlineData(RowFit.Flow, true)]
    [InlineData(RowFit.Flow, false)]
    [InlineData(RowFit.Keep, true)]
    [InlineData(RowFit.Keep, false)]
    public void Packing_ReadsAndPredictsEveryTokenOnce(RowFit fit, bool packing) => TestDocuments.Check(Shapes, shape =>
    {
        var documents = TestDocuments.Distinct(shape.Lengths, fit);
        var packer = new SequencePacker(documents, new PackingOptions(shape.Row) { Packing = packing, Seed = 3 });
        var batches = BatchStream.OnePass(packer, 2).ToList();
        var read = batches.SelectMany(Filled).Select(pair => pair.Input);
        var predicted = batches.SelectMany(Filled).Select(pair => pair.Label);
        read.Order().ShouldBe(documents.All().SelectMany(tokens => tokens[..^1]));
        predicted.Order().ShouldBe(documents.All().SelectMany(tokens => tokens[1..]));
        // Tokens of one document ascend by one, so a position always predicts its input's successor.
        batches.SelectMany(Filled).ShouldAllBe(pair => pair.Label == pair.Input + 1);
        batches.Sum(batch => batch.FilledPositions).ShouldBe((int)packer.Summary.Positions);
        batches.Sum(batch => batch.LossTokens).ShouldBe((int)packer.Summary.LossTokens);
    });

    [Theory]
    [InlineData(RowFit.Flow)]
    [InlineData(RowFit.Keep)]
    [InlineData(RowFit.Truncate)]
    public void Boundaries_PartDocumentsAndPositionsRestartThere(RowFit fit) => TestDocuments.Check(Shapes, shape =>
    {
        var documents = TestDocuments.Distinct(shape.Lengths, fit);
        foreach (var batch in BatchStream.OnePass(new SequencePacker(documents, new PackingOptions(shape.Row)), 3))
        {
            var bounds = batch.CumulativeLengths;
            bounds[0].ShouldBe(0);
            bounds[^1].ShouldBe(3 * shape.Row);
            bounds.ShouldBeSubsetOf(bounds.Distinct().Order());
            bounds.ShouldBe(bounds.Order());
            Enumerable.Range(0, 4).Select(row => row * shape.Row).ShouldBeSubsetOf(bounds);
            batch.IsOneStretchPerRow.ShouldBe(bounds.Length == 4);
            for (var k = 0; k + 1 < bounds.Length; k++)
            {
                var stretch = bounds[k]..bounds[k + 1];
                batch.Positions[stretch].ShouldBe(Enumerable.Range(0, bounds[k + 1] - bounds[k]));
                var inputs = batch.InputIds[stretch];
                // Within a stretch all is padding, or tokens run on, which they do not across documents packed out of order.
                if (inputs[0] != 0)
                    inputs.ShouldBe(Enumerable.Range(inputs[0], inputs.Length));
                else
                    batch.Labels[stretch].ShouldAllBe(label => label == TrainingBatch.Ignored);
            }
        }
    });

    [Fact]
    public void Kept_DocumentsThatFitAreNeverCut() => TestDocuments.Check(Shapes, shape =>
    {
        var documents = TestDocuments.Distinct(shape.Lengths, RowFit.Keep);
        var packer = new SequencePacker(documents, new PackingOptions(shape.Row));
        var pieces = Pieces(packer, 0).GroupBy(piece => piece.Document);
        foreach (var document in pieces)
        {
            var positions = (int)documents.GetLength(document.Key) - 1;
            document.Count().ShouldBe((positions + shape.Row - 1) / shape.Row);
            document.Count(piece => piece.Length < shape.Row).ShouldBeLessThanOrEqualTo(1);
        }
    });

    [Fact]
    public void Flow_PadsOnlyTheLastRow() => TestDocuments.Check(Shapes, shape =>
    {
        var packer = new SequencePacker(TestDocuments.Distinct(shape.Lengths, RowFit.Flow), new PackingOptions(shape.Row));
        packer.RowsPerEpoch.ShouldBe((int)((packer.Summary.Positions + shape.Row - 1) / shape.Row));
        BatchStream.OnePass(packer, 1).Count(batch => batch.FilledPositions < shape.Row).ShouldBeLessThanOrEqualTo(1);
    });

    [Fact]
    public void Truncate_KeepsTheBeginningAndSaysHowMany()
    {
        var documents = TestDocuments.Distinct([4, 9, 20], RowFit.Truncate);
        var packer = new SequencePacker(documents, new PackingOptions(8) { Shuffle = false });
        var batch = BatchStream.OnePass(packer, 3).Single();
        batch.InputIds.ShouldBe([100, 101, 102, 0, 0, 0, 0, 0, 104, 105, 106, 107, 108, 109, 110, 111, 113, 114, 115, 116, 117, 118, 119, 120]);
        batch.Labels[15].ShouldBe(112, "the last label of a cut document is the token after the row");
        batch.Labels[23].ShouldBe(121);
        batch.CumulativeLengths.ShouldBe([0, 3, 8, 16, 24]);
        packer.Summary.ShouldBe(new DatasetSummary
        {
            Documents = 3,
            Tokens = 33,
            LossTokens = 19,
            Positions = 19,
            LongestDocument = 20,
            Truncated = 1,
            Dropped = 0,
            Rows = 3,
            SequenceLength = 8,
            PackingEfficiency = 19 / 24.0,
        });
    }

    [Fact]
    public void Untrained_TokensHaveNoLabelAndPromptsBeyondTheRowAreDropped()
    {
        // Tokens 100..105: the first four are prompt. 106..125: nothing is trained before token 120, beyond the row.
        var documents = TestDocuments.Distinct([6, 20], RowFit.Truncate, token => token is 104 or 105 or >= 120);
        var packer = new SequencePacker(documents, new PackingOptions(8));
        var batch = BatchStream.OnePass(packer, 1).Single();
        batch.Labels.ShouldBe([-100, -100, -100, 104, 105, -100, -100, -100]);
        batch.LossTokens.ShouldBe(2);
        (packer.Summary.Dropped, packer.Summary.LossTokens, packer.Summary.Positions).ShouldBe((1, 2, 5));
    }

    [Fact]
    public void ShortDocuments_PackTightly()
    {
        var random = new SplitMix64(5);
        var lengths = Enumerable.Range(0, 5_000).Select(_ => 10 + (int)random.Next(200)).ToList();
        var packer = new SequencePacker(TestDocuments.Distinct(lengths, RowFit.Keep), new PackingOptions(512));
        // Best-fit decreasing leaves little but the last row; padding each document to a row would use 21 % of the positions.
        packer.Summary.PackingEfficiency.ShouldBeGreaterThan(0.995);
        new SequencePacker(TestDocuments.Distinct(lengths, RowFit.Keep), new PackingOptions(512) { Packing = false }).RowsPerEpoch.ShouldBe(5_000);
    }

    [Fact]
    public void Epochs_HaveEqualRowCountsAndDifferentOrders() => TestDocuments.Check(Shapes, shape =>
    {
        var documents = TestDocuments.Distinct(shape.Lengths, RowFit.Keep);
        var packer = new SequencePacker(documents, new PackingOptions(shape.Row) { Seed = 11 });
        for (var epoch = 0; epoch < 4; epoch++)
            Pieces(packer, epoch).Sum(piece => piece.Length).ShouldBe((int)packer.Summary.Positions);
    });

    [Fact]
    public void Order_DependsOnSeedAndEpochAlone()
    {
        var documents = TestDocuments.Distinct(Enumerable.Repeat(10, 50), RowFit.Keep);
        List<int> Order(ulong seed, int epoch) =>
            Pieces(new SequencePacker(documents, new PackingOptions(20) { Seed = seed }), epoch).Select(piece => piece.Document).ToList();
        Order(1, 0).ShouldBe(Order(1, 0));
        Order(1, 0).ShouldNotBe(Order(1, 1));
        Order(1, 0).ShouldNotBe(Order(2, 0));
        Order(1, 5).Order().ShouldBe(Enumerable.Range(0, 50));
    }

    [Fact]
    public void NothingToLearn_IsSaidWithNumbers()
    {
        var documents = TestDocuments.Distinct([50, 60], RowFit.Truncate, token => token is 149 or 209);
        Should.Throw<DatasetException>(() => new SequencePacker(documents, new PackingOptions(16))).Message.ShouldBe(
            "nothing to learn in 2 documents of 110 tokens with a sequence length of 16: 2 are cut before anything trained begins; " +
            "the longest has 60 tokens, raise the sequence length towards that");
        Should.Throw<DatasetException>(() => new SequencePacker(ExampleList.From([]), new PackingOptions(16))).Message.ShouldBe("there is no document to train on");
    }

    private static List<RowPiece> Pieces(SequencePacker rows, int epoch)
    {
        var all = new List<RowPiece>();
        var pieces = new List<RowPiece>();
        for (var row = 0; row < rows.RowsPerEpoch; row++)
        {
            rows.GetRow(epoch, row, pieces);
            pieces.ShouldNotBeEmpty();
            pieces.Sum(piece => piece.Length).ShouldBeLessThanOrEqualTo(rows.SequenceLength);
            all.AddRange(pieces);
        }

        return all;
    }

    private static IEnumerable<(int Input, int Label)> Filled(TrainingBatch batch) =>
        batch.InputIds.Zip(batch.Labels).Where(pair => pair.First != 0);
}
