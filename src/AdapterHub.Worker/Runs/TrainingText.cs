using System.Globalization;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker.Runs;

/// <summary>What a run learns from, what it is measured on, and a line about each file for the card.</summary>
internal sealed record TrainingText(ITokenDocuments Training, ITokenDocuments? HeldOut, IReadOnlyList<string> Sources)
{
    /// <summary>Held out where nothing was said about it and the text is long enough.</summary>
    private const double UsualShare = 0.05;

    public static TrainingText Load(TextCorpus corpus, DatasetReader reader, DatasetReader? evaluation, LearningSpec spec, int sequence, RunLog log)
    {
        var documents = corpus.Load(reader, "reading the text");
        var sources = reader.Files.Select(file => Describe(file, "learnt from")).Concat(evaluation?.Files.Select(file => Describe(file, "measured on")) ?? []).ToList();
        if (evaluation is not null)
            return new TrainingText(documents, corpus.Load(evaluation, "reading the held-out text"), sources);
        var split = Split(documents, spec, sequence, log);
        return new TrainingText(split.Training, split.HeldOut, sources);
    }

    /// <summary>A share that was asked for is insisted on; the usual one gives way where the text is too short.</summary>
    private static DocumentSplit Split(ITokenDocuments documents, LearningSpec spec, int sequence, RunLog log)
    {
        if (spec.Data.EvaluationFraction is { } share)
            return HeldOutSplit.Split(documents, share, spec.Loop.Seed, sequence);
        try
        {
            return HeldOutSplit.Split(documents, UsualShare, spec.Loop.Seed, sequence);
        }
        catch (DatasetException)
        {
            log.Warn($"the text is too short to hold a part of it out ({documents.TokenCount} tokens); nothing is measured besides the training loss");
            return new DocumentSplit(documents, null);
        }
    }

    private static string Describe(DatasetFile file, string use) =>
        string.Create(CultureInfo.InvariantCulture, $"`{Path.GetFileName(file.Path)}`, {file.Length:N0} bytes, {use}");
}
