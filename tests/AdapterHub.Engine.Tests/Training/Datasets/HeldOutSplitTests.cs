using AdapterHub.Engine.Training.Datasets;
using FsCheck.Fluent;

namespace AdapterHub.Engine.Tests.Training.Datasets;

public sealed class HeldOutSplitTests
{
    [Fact]
    public void Sides_AreDisjointAndTogetherTheWhole()
    {
        var cases =
            from lengths in Gen.Choose(1, 400).NonEmptyListOf()
            from percent in Gen.Choose(1, 50)
            from seed in Gen.Choose(0, 1000)
            from fit in Gen.Elements(RowFit.Flow, RowFit.Keep, RowFit.Truncate)
            where lengths.Count > 1
            select (lengths, percent, seed, fit);
        TestDocuments.Check(cases, test =>
        {
            var documents = TestDocuments.Distinct(test.lengths, test.fit);
            var (training, heldOut) = HeldOutSplit.Split(documents, test.percent / 100.0, (ulong)test.seed, 8);
            var trained = training.All().SelectMany(tokens => tokens).ToList();
            var held = heldOut!.All().SelectMany(tokens => tokens).ToList();
            trained.ShouldNotBeEmpty();
            held.ShouldNotBeEmpty();
            trained.Concat(held).Order().ShouldBe(documents.All().SelectMany(tokens => tokens));
            if (test.fit == RowFit.Truncate)
                training.All().Concat(heldOut!.All()).Select(tokens => tokens.Length).Order().ShouldBe(test.lengths.Order(), "examples stay whole");
        });
    }

    [Theory]
    [InlineData(0.01, 200_000)]
    [InlineData(0.05, 20_000)]
    [InlineData(0.1, 5_000)]
    public void LongText_IsPartedInLongBlocksNearTheShareAsked(double share, int length)
    {
        var documents = TestDocuments.Distinct([length], RowFit.Flow);
        var (training, heldOut) = HeldOutSplit.Split(documents, share, 1, 64);
        var slices = ((DocumentSlices)heldOut!).Slices;
        slices.Count.ShouldBeInRange(1, 5);
        slices.ShouldAllBe(slice => slice.Length >= 65);
        ((double)heldOut.TokenCount / length).ShouldBe(share, 0.3 * share);
        training.Count.ShouldBeLessThanOrEqualTo(slices.Count + 1, "neighbouring blocks are made one again");
    }

    [Fact]
    public void HeldOutText_IsNeverPredictedInTraining()
    {
        var documents = TestDocuments.Distinct([5_000], RowFit.Flow);
        var (training, heldOut) = HeldOutSplit.Split(documents, 0.1, 1, 32);
        var held = heldOut!.All().SelectMany(tokens => tokens).ToHashSet();
        foreach (var batch in BatchStream.OnePass(new SequencePacker(training, new PackingOptions(32)), 4))
        {
            batch.Labels.ShouldAllBe(label => !held.Contains(label));
            batch.InputIds.ShouldAllBe(input => !held.Contains(input));
        }
    }

    [Fact]
    public void ManyDocuments_StayWholeAndTheSeedDecides()
    {
        var documents = TestDocuments.Distinct(Enumerable.Repeat(50, 200), RowFit.Flow);
        List<int> HeldOut(ulong seed) => ((DocumentSlices)HeldOutSplit.Split(documents, 0.05, seed, 16).HeldOut!).Slices.Select(slice => slice.Document).ToList();
        HeldOut(1).Count.ShouldBe(10);
        HeldOut(1).ShouldBe(HeldOut(1));
        HeldOut(1).ShouldNotBe(HeldOut(2));
    }

    [Fact]
    public void EqualDocuments_AreOnOneSide()
    {
        var documents = ExampleList.From(Enumerable.Range(0, 60).Select(k => new TokenizedExample([k % 20, 7, 8], [true, true, true])));
        for (ulong seed = 0; seed < 20; seed++)
        {
            var (training, heldOut) = HeldOutSplit.Split(documents, 0.2, seed, 16);
            var trained = training.All().Select(tokens => tokens[0]).ToHashSet();
            heldOut!.All().ShouldAllBe(tokens => !trained.Contains(tokens[0]));
            heldOut!.Count.ShouldBe(12);
        }
    }

    [Fact]
    public void ShareZero_HoldsNothingOut()
    {
        var documents = TestDocuments.Distinct([5], RowFit.Keep);
        HeldOutSplit.Split(documents, 0, 1, 16).ShouldBe(new DocumentSplit(documents, null));
    }

    [Fact]
    public void TooLittleData_IsSaidWithNumbersAndWhatToChange()
    {
        Should.Throw<DatasetException>(() => HeldOutSplit.Split(TestDocuments.Distinct([300], RowFit.Flow), 0.05, 1, 256)).Message.ShouldBe(
            "the data is one document of 300 tokens, too little to hold out a share of 0.05 with a sequence length of 256: " +
            "it takes two different documents, or running text of at least 514 tokens; " +
            "add data, shorten the sequence length, name a held-out file, or set the share to 0");
        Should.Throw<DatasetException>(() => HeldOutSplit.Split(TestDocuments.Distinct([300], RowFit.Flow), 0.9, 1, 256)).Message
            .ShouldBe("the held-out share is 0.9; give a number from 0 (none) to 0.5");
    }
}
