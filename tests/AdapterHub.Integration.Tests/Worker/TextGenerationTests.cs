using AdapterHub.Engine.Inference;
using AdapterHub.Engine.Models;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Integration.Tests.Cli;
using AdapterHub.Torch;
using AdapterHub.Worker.Text;

namespace AdapterHub.Integration.Tests.Worker;

public sealed class TextGenerationTests : IDisposable
{
    private readonly CausalModel _model;
    private readonly Tokenizer _tokenizer;
    private readonly string _free;

    public TextGenerationTests(TinyBase tiny)
    {
        _model = CausalModel.Load(tiny.Folder, Device.Cpu, DType.Float32);
        _tokenizer = Tokenizer.Load(Path.Combine(tiny.Folder, "tokenizer.json"));
        _free = Make().Complete("The lamp");
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public void StopText_EndsTheTextBeforeItWhereverItsPiecesFall()
    {
        for (var start = 1; start < _free.Length - 3; start++)
        {
            var stop = _free.Substring(start, 3);
            var generation = Make(stop);
            var pieces = generation.Continue("The lamp").ToList();

            string.Concat(pieces).ShouldBe(_free[.._free.IndexOf(stop, StringComparison.Ordinal)], $"stop at \"{stop}\"");
            generation.End.ShouldBe(TextEnd.Stop);
        }
    }

    [Fact]
    public void StopTextThatNeverComes_WithholdsNothing()
    {
        // Its first two characters are the text's last: they wait for a third that never comes.
        var generation = Make(_free[^2..] + "\u0001");

        generation.Complete("The lamp").ShouldBe(_free);
        generation.End.ShouldBe(TextEnd.Length);
        generation.NewTokens.ShouldBe(24);
    }

    [Fact]
    public void Pieces_AreTheWholeTextInOrder() => string.Concat(Make().Continue("The lamp")).ShouldBe(_free);

    private TextGeneration Make(params string[] stop) =>
        new(_model, _tokenizer, new SamplingOptions { MaxNewTokens = 24, Seed = 11, Temperature = 1.2, Stop = [.. stop] });
}
