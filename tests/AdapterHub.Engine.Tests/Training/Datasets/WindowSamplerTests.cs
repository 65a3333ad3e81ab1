using AdapterHub.Engine.Training.Datasets;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class WindowSamplerTests
{
    [Fact]
    public void Epoch_ReadsNoPositionTwiceAndLeavesOutLessThanARow()
    {
        var shapes =
            from row in Gen.Choose(1, 20)
            from lengths in Gen.Choose(1, 60).NonEmptyListOf()
            where lengths.Sum(length => length - 1) >= row
            select (Lengths: lengths.ToArray(), Row: row);
        TestDocuments.Check(shapes, shape =>
        {
            var documents = TestDocuments.Distinct(shape.Lengths, RowFit.Flow);
            var sampler = new WindowSampler([new(documents)], shape.Row, seed: 2);
            var positions = shape.Lengths.Sum(length => length - 1);
            sampler.RowsPerEpoch.ShouldBe(positions / shape.Row);
            for (var epoch = 0; epoch < 3; epoch++)
            {
                var read = Inputs(sampler, epoch);
                read.Count.ShouldBe(sampler.RowsPerEpoch * shape.Row);
                read.Distinct().Count().ShouldBe(read.Count);
            }
        });
    }

    [Fact]
    public void Sequential_GoesFrontToBack()
    {
        var sampler = new WindowSampler([new(TestDocuments.Distinct([5, 8], RowFit.Flow))], 4, seed: 0, shuffle: false);
        Inputs(sampler, 0).ShouldBe([100, 101, 102, 103, 105, 106, 107, 108]);
        var batch = BatchStream.OnePass(new WindowSampler([new(TestDocuments.Distinct([4, 8], RowFit.Flow))], 5, 0, shuffle: false), 2).Single();
        batch.CumulativeLengths.ShouldBe([0, 3, 5, 10]);
        batch.InputIds.ShouldBe([100, 101, 102, 104, 105, 106, 107, 108, 109, 110]);
        batch.Labels.ShouldBe([101, 102, 103, 105, 106, 107, 108, 109, 110, 111]);
    }

    [Fact]
    public void Offsets_DifferBetweenPassesSoThatEveryPositionIsReadInTime()
    {
        var sampler = new WindowSampler([new(TestDocuments.Distinct([48], RowFit.Flow))], 10, seed: 1);
        Enumerable.Range(0, 40).SelectMany(epoch => Inputs(sampler, epoch)).Distinct().Count().ShouldBe(47);
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.25, 4)]
    [InlineData(1.0, 1)]
    public void PartOfAPass_GoesOnInTheNextEpoch(double passes, int epochs)
    {
        var sampler = new WindowSampler([new(TestDocuments.Distinct([401], RowFit.Flow), passes)], 10, seed: 1);
        sampler.RowsPerEpoch.ShouldBe((int)(40 * passes));
        Enumerable.Range(0, epochs).SelectMany(epoch => Inputs(sampler, epoch)).Order().ShouldBe(Enumerable.Range(100, 400));
        Enumerable.Range(epochs, epochs).SelectMany(epoch => Inputs(sampler, epoch)).Order().ShouldBe(Enumerable.Range(100, 400));
    }

    [Fact]
    public void Mixture_HasTheSharesAsked()
    {
        var (large, small) = (TestDocuments.Distinct([3001], RowFit.Flow), TestDocuments.Distinct([1001], RowFit.Flow));
        var components = MixtureComponent.FromShares([(large, 0.5), (small, 0.5)]);
        var sampler = new WindowSampler(components, 10, seed: 1);
        sampler.RowsPerEpoch.ShouldBeInRange(398, 402);
        var pieces = new List<RowPiece>();
        var ofSmall = 0;
        for (var row = 0; row < sampler.RowsPerEpoch; row++)
        {
            sampler.GetRow(0, row, pieces);
            ofSmall += ReferenceEquals(pieces[0].Documents, small) ? 1 : 0;
        }

        ofSmall.ShouldBeInRange(198, 202);
    }

    [Fact]
    public void CorpusShorterThanARow_IsSaidWithNumbers()
    {
        Should.Throw<DatasetException>(() => new WindowSampler([new(TestDocuments.Distinct([30], RowFit.Flow))], 32, 0)).Message
            .ShouldBe("corpus 1 has 30 tokens, fewer than one row of 32: shorten the sequence length or add data");
        Should.Throw<DatasetException>(() => new WindowSampler([new(TestDocuments.Distinct([30], RowFit.Flow), 0)], 8, 0)).Message
            .ShouldBe("corpus 1 is to be passed 0 times; give a number above 0");
    }

    private static List<int> Inputs(WindowSampler sampler, int epoch)
    {
        var inputs = new List<int>();
        var pieces = new List<RowPiece>();
        for (var row = 0; row < sampler.RowsPerEpoch; row++)
        {
            sampler.GetRow(epoch, row, pieces);
            pieces.Sum(piece => piece.Length).ShouldBe(sampler.SequenceLength);
            foreach (var piece in pieces)
                inputs.AddRange(piece.Documents.Tokens(piece.Document).AsSpan((int)piece.Start, piece.Length));
        }

        return inputs;
    }
}
