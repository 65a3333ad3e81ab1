using System.CommandLine;
using System.Diagnostics;
using AdapterHub.Cli.Output;
using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Lora;
using AdapterHub.Protocol.Runs;
using AdapterHub.Worker;
using AdapterHub.Worker.Runs;
using AdapterHub.Worker.Text;

namespace AdapterHub.Cli.Verbs;

/// <summary>Continues a prompt with a base model and any number of weighted adapters.</summary>
internal sealed class GenerateVerb() : Verb("generate", "continues a prompt with a base model and adapters")
{
    private static readonly SamplingOptions Defaults = new();
    private readonly Option<string> _base = Flag.Required("--base", "NAME|DIR", "base model: a known name such as inkwell, or a model folder");
    private readonly Option<string[]> _adapters = Flag.Many("--adapter", "DIR[=WEIGHT]", "adapter folder and how much of it; may be repeated (default: none)");
    private readonly Option<string?> _prompt = Flag.Text("--prompt", "TEXT", "text to continue (default: standard input)");
    private readonly Option<string?> _promptFile = Flag.Text("--prompt-file", "FILE", "text to continue, from a file (default: standard input)");
    private readonly Option<int> _maxTokens = Flag.Number("--max-tokens", "N", "tokens to make, at most", Defaults.MaxNewTokens);
    private readonly Option<double> _temperature = Flag.Number("--temperature", "T", "0 takes the likeliest token; higher is more surprising", Defaults.Temperature);
    private readonly Option<int> _topK = Flag.Number("--top-k", "K", "only the K likeliest tokens; 0 takes all", Defaults.TopK);
    private readonly Option<double> _topP = Flag.Number("--top-p", "P", "only the likeliest tokens that together reach P; 1 takes all", Defaults.TopP);
    private readonly Option<double> _minP = Flag.Number("--min-p", "P", "only tokens at least P times as likely as the best; 0 takes all", Defaults.MinP);
    private readonly Option<double> _penalty = Flag.Number("--repetition-penalty", "X", "above 1 makes tokens that were used less likely", Defaults.RepetitionPenalty);
    private readonly Option<ulong?> _seed = Flag.Number<ulong>("--seed", "N", "the same seed gives the same text (default: another each time)");
    private readonly Option<string[]> _stop = Flag.Many("--stop", "TEXT", "end before this text; may be repeated (default: none)");
    private readonly Option<bool> _noEcho = Flag.Switch("--no-echo", "write the continuation only, not the prompt before it");
    private readonly Option<string> _stream = Flag.Choice("--stream", "write as the text comes, or all at its end", "on", "on", "off");
    private readonly Option<string> _device = LoopFlags.DeviceFlag();
    private readonly Option<string> _dtype = LoopFlags.DTypeFlag();

    public override IReadOnlyList<FlagGroup> Groups =>
    [
        new("Model and prompt", [_base, _adapters, _prompt, _promptFile]),
        new("Sampling", [_maxTokens, _temperature, _topK, _topP, _minP, _penalty, _seed, _stop]),
        new("Machine", [_device, _dtype]),
        new("Text", [_stream, _noEcho]),
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "adapterhub generate --base inkwell --adapter my-adapter --prompt \"It was a dark and stormy night\"",
        "adapterhub generate --base inkwell --adapter scripture=0.7 --adapter speeches=0.3 --temperature 0 < prompt.txt",
    ];

    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var sampling = ReadSampling(invocation);
        var prompt = await ReadPromptAsync(invocation).ConfigureAwait(false);
        var loaded = ModelFolder.Open(BaseModels.OnThisMachine, invocation.Get(_base));
        var asked = invocation.Parse.GetResult(_adapters) is null ? [] : invocation.Get(_adapters).Select(AdapterChoice.Parse).ToList();
        if (asked.Find(adapter => !double.IsFinite(adapter.Weight)) is { } wrong)
            throw new RunInputException($"--adapter {wrong.Path}: its weight must be a finite number.");
        CheckPrompt(loaded, prompt);
        var adapter = WeightedAdapters.Load(asked);
        var device = ComputePlace.FindDevice(invocation.Get(_device));
        using var model = loaded.LoadModel(device, ComputePlace.FindType(invocation.Get(_dtype), device));
        using var binding = adapter is null ? null : LoraBinding.Bind(model, adapter);
        var generation = new TextGeneration(model, loaded.Tokenizer, sampling);
        Write(invocation, generation, prompt, asked, sampling.Seed);
        return ExitCode.Ok;
    }

    private void Write(Invocation invocation, TextGeneration generation, string prompt, IReadOnlyList<WeightedAdapter> adapters, ulong seed)
    {
        var output = invocation.Terminal.Out;
        var start = Stopwatch.GetTimestamp();
        if (invocation.IsJson)
        {
            var text = generation.Complete(prompt, invocation.Stop);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            invocation.WriteJson(new GeneratedText(
                invocation.Get(_base), adapters, prompt, text, generation.PromptTokens, generation.NewTokens, generation.End, seed, seconds, generation.NewTokens / seconds));
            return;
        }

        var before = invocation.Get(_noEcho) ? "" : prompt;
        if (invocation.Get(_stream) == "off")
        {
            output.WriteLine(before + generation.Complete(prompt, invocation.Stop));
            return;
        }

        output.Write(before);
        output.Flush();
        foreach (var piece in generation.Continue(prompt, invocation.Stop))
        {
            output.Write(piece);
            output.Flush();
        }

        output.WriteLine();
    }

    private SamplingOptions ReadSampling(Invocation invocation)
    {
        var problems = new List<string>();
        var sampling = new SamplingOptions
        {
            MaxNewTokens = Check(_maxTokens, value => value >= 1, "at least 1"),
            Temperature = Check(_temperature, value => value >= 0 && double.IsFinite(value), "0 or more"),
            TopK = Check(_topK, value => value >= 0, "0 or more"),
            TopP = Check(_topP, value => value is > 0 and <= 1, "above 0 and at most 1"),
            MinP = Check(_minP, value => value is >= 0 and <= 1, "from 0 to 1"),
            RepetitionPenalty = Check(_penalty, value => value > 0 && double.IsFinite(value), "above 0"),
            Seed = invocation.Get(_seed) ?? (ulong)Random.Shared.NextInt64(),
            Stop = invocation.Parse.GetResult(_stop) is null ? [] : [.. invocation.Get(_stop)],
        };
        return problems.Count == 0 ? sampling : throw new RunInputException(string.Join('\n', problems));

        T Check<T>(Option<T> option, Func<T, bool> holds, string wanted) where T : IFormattable
        {
            var value = invocation.Get(option);
            if (!holds(value))
                problems.Add($"{option.Name} must be {wanted}; it is {value.ToString(null, System.Globalization.CultureInfo.InvariantCulture)}.");
            return value;
        }
    }

    private async Task<string> ReadPromptAsync(Invocation invocation)
    {
        var (given, file) = (invocation.Get(_prompt), invocation.Get(_promptFile));
        if (given is not null && file is not null)
            throw new RunInputException("--prompt and --prompt-file contradict each other; give one.");
        if (given is null && file is null && !Console.IsInputRedirected)
            throw new RunInputException("There is no prompt; give --prompt, --prompt-file, or text on standard input.");
        var prompt = given
            ?? (file is null
                ? await Console.In.ReadToEndAsync(invocation.Stop).ConfigureAwait(false)
                : await File.ReadAllTextAsync(file, invocation.Stop).ConfigureAwait(false)).TrimEnd('\r', '\n');
        return prompt.Length > 0 ? prompt : throw new RunInputException("The prompt is empty; give at least one word.");
    }

    private static void CheckPrompt(ModelFolder loaded, string prompt)
    {
        var tokens = loaded.Tokenizer.Encode(prompt).Length;
        if (tokens >= loaded.Config.ContextLength)
            throw new RunInputException($"The prompt has {tokens} tokens; the context of {loaded.Name} holds {loaded.Config.ContextLength}, the answer included. Shorten it.");
    }
}

/// <summary>A generated text as JSON.</summary>
internal sealed record GeneratedText(
    string Base, IReadOnlyList<WeightedAdapter> Adapters, string Prompt, string Text, int PromptTokens, int NewTokens, TextEnd End, ulong Seed, double Seconds, double TokensPerSecond);
