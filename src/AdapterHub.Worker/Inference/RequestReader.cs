using System.Collections.Immutable;
using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Engine.Training.Datasets;
using AdapterHub.Formats;
using AdapterHub.Protocol.Inference;

namespace AdapterHub.Worker.Inference;

/// <summary>Makes a request into rows of a model's batch, and says what is wrong with it before anything is begun.</summary>
internal static class RequestReader
{
    private const int MostLanes = 16;
    private const int MostAlternatives = 20;
    private const int MostStops = 16;
    private const double LargestWeight = 100;

    /// <param name="acquired">Takes the adapters, which have to be given back whatever happens.</param>
    /// <exception cref="RunInputException">A setting, the text or a lane is at fault.</exception>
    public static LaneJob Read(ResidentModel model, EngineRequest request, List<ResidentAdapter> acquired, TimeProvider time, CancellationToken stop)
    {
        if (request.Lanes.Count is 0 or > MostLanes)
            throw new RunInputException($"A request has 1 to {MostLanes} lanes; this one has {request.Lanes.Count}.");
        if (request.Lanes.GroupBy(lane => lane.Label, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw new RunInputException($"Two lanes are called \"{twice.Key}\"; events could not tell them apart.");
        if (request.Alternatives is < 0 or > MostAlternatives)
            throw new RunInputException($"alternatives is 0 to {MostAlternatives}; it is {request.Alternatives}.");
        var sampling = ReadSampling(request.Sampling);
        if (request.Text is not null && request.Lanes.FirstOrDefault(lane => lane.Messages is not null) is { } talking)
            throw new RunInputException($"{talking.Label} has messages of its own, but a text is to be scored, which stands after nothing.");
        var continuation = request.Continuation is { } given ? ReadContinuation(model, given) : [];
        var isScored = request.Text is not null || request.Continuation is not null;
        var common = new Lazy<(int[], int?, ImmutableArray<string>)>(() => ReadText(model, request, sampling));
        var longest = 0;
        var writers = request.Lanes.Select(lane =>
        {
            var blend = ReadBlend(model, lane, acquired);
            var (tokens, endOfReply, stops) = lane.Messages is { Count: > 0 } own ? ReadChat(model, own, sampling.Stop) : common.Value;
            var before = request.Continuation is null ? 0 : tokens.Length;
            tokens = [.. tokens, .. continuation];
            longest = Math.Max(longest, tokens.Length);
            LaneRow row = isScored ? new ScoringRow(blend, tokens, request.Alternatives) : new GeneratingRow(blend, tokens, sampling, request.Alternatives);
            return model.FindObstacle(row) is { } obstacle ? throw new RunInputException(obstacle) : new LaneWriter(lane.Label, row, model.Tokenizer, stops, endOfReply, before);
        }).ToList();
        return new LaneJob(request.User, longest, writers, time, stop);
    }

    private static LaneBlend ReadBlend(ResidentModel model, EngineLane lane, List<ResidentAdapter> acquired) => new(lane.Adapters.Select(share =>
    {
        if (!IsWeight(share.Weight) || share.Layers.Any(layer => !IsWeight(layer.Weight)))
            throw new RunInputException($"{lane.Label}: weights lie between -{LargestWeight} and {LargestWeight}.");
        var adapter = model.Adapters.Acquire(share.Adapter);
        acquired.Add(adapter);
        return new LaneShare(adapter, share.Weight, [.. share.Layers.Select(layer => new ModuleWeight(ReadPattern(layer.Pattern), layer.Weight))]);
    }).ToList());

    private static bool IsWeight(double weight) => Math.Abs(weight) <= LargestWeight;

    private static ModulePattern ReadPattern(string text) => ModulePattern.TryParse(text, out var pattern)
        ? pattern
        : throw new RunInputException($"\"{text}\" is no pattern of layers; write segments joined by dots, such as layers.0-7.mlp.");

    private static IReadOnlyList<int> ReadContinuation(ResidentModel model, IReadOnlyList<int> tokens)
    {
        if (tokens.Count == 0)
            throw new RunInputException("The continuation to be scored has no token.");
        var size = model.Model.Config.VocabularySize;
        return tokens.All(token => token >= 0 && token < size) ? tokens : throw new RunInputException($"The continuation has a token that is not among the model's {size}.");
    }

    private static (int[] Tokens, int? EndOfReply, ImmutableArray<string> Stops) ReadText(ResidentModel model, EngineRequest request, SamplingOptions sampling)
    {
        if (request.Text is { } text)
        {
            var scored = model.Tokenizer.Encode(text);
            return scored.Length >= 2 ? (scored, null, []) : throw new RunInputException("The text to be scored needs two tokens at least: the first stands after nothing.");
        }

        if (request.Messages is { Count: > 0 } messages)
            return ReadChat(model, messages, sampling.Stop);
        var tokens = model.Tokenizer.Encode(request.Prompt ?? "");
        if (tokens.Length > 0)
            return (tokens, null, sampling.Stop);
        // Nothing to go on from: the token that begins a text, or else the one that ends the text before.
        var config = model.Model.Config;
        var begin = config.BosTokenId ?? (config.EosTokenIds.IsDefaultOrEmpty ? null : config.EosTokenIds[0]);
        return begin is { } id ? ([id], null, sampling.Stop) : throw new RunInputException("The prompt is empty, and this model has no token that begins a text; give at least one word.");
    }

    private static (int[], int?, ImmutableArray<string>) ReadChat(ResidentModel model, IReadOnlyList<LaneMessage> messages, ImmutableArray<string> stops)
    {
        // A base that never saw a conversation gets its turns as plain paragraphs: markup that it does not know would only mislead it.
        if (model.Settings.ChatTemplate is null && model.Tokenizer.FindTokenId("<|im_start|>") is null)
            return (model.Tokenizer.Encode(string.Join("\n\n", messages.Select(message => message.Content.Trim())) + "\n\n"), null, stops);
        var format = ChatFormat.For(model.Settings);
        try
        {
            var text = format.Render([.. messages.Select(message => new ChatMessage(message.Role, message.Content))]);
            return (model.Tokenizer.Encode(text, addSpecialTokens: false), model.Tokenizer.FindTokenId(format.EndOfReply), stops.Add(format.EndOfReply));
        }
        catch (ArgumentException wrong)
        {
            throw new RunInputException(wrong.Message, wrong);
        }
    }

    private static SamplingOptions ReadSampling(LaneSampling sampling)
    {
        var defaults = new SamplingOptions();
        var stops = sampling.Stop ?? [];
        var read = new SamplingOptions
        {
            MaxNewTokens = Check("maxTokens", sampling.MaxTokens ?? defaults.MaxNewTokens, value => value is >= 1 and <= 32768, "1 to 32768"),
            Temperature = Check("temperature", sampling.Temperature ?? defaults.Temperature, value => value is >= 0 and <= 100, "0 to 100"),
            TopK = Check("topK", sampling.TopK ?? 0, value => value >= 0, "0 or more"),
            TopP = Check("topP", sampling.TopP ?? defaults.TopP, value => value is > 0 and <= 1, "above 0 and at most 1"),
            MinP = Check("minP", sampling.MinP ?? 0, value => value is >= 0 and <= 1, "0 to 1"),
            RepetitionPenalty = Check("repetitionPenalty", sampling.RepetitionPenalty ?? 1, value => value is > 0 and <= 100, "above 0 and at most 100"),
            Seed = unchecked((ulong)(sampling.Seed ?? 0)),
            Stop = [.. stops.Where(stop => stop.Length > 0)],
            IgnoreEnd = sampling.IgnoreEnd ?? false,
        };
        return stops.Count <= MostStops ? read : throw new RunInputException($"There may be {MostStops} stop texts; there are {stops.Count}.");

        static T Check<T>(string name, T value, Func<T, bool> holds, string wanted) where T : IFormattable => holds(value)
            ? value
            : throw new RunInputException($"{name} is {wanted}; it is {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}.");
    }
}
