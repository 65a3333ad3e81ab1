using AdapterHub.Engine.Inference.Lanes;
using AdapterHub.Engine.Tokenizers;
using AdapterHub.Protocol.Inference;
using AdapterHub.Worker.Text;

namespace AdapterHub.Worker.Inference;

/// <summary>Turns what a row of the batch gives into events of its lane: text in whole characters, up to a stop text.</summary>
/// <param name="before">Tokens at the beginning of a scored text that are not asked about.</param>
internal sealed class LaneWriter(string label, LaneRow row, Tokenizer tokenizer, IReadOnlyList<string> stops, int? endOfReply, int before = 0)
{
    private readonly TokenStream _stream = tokenizer.CreateStream();
    private readonly StopGuard _guard = new(stops);
    private readonly List<TokenScore> _scores = [];
    private int _made;

    public LaneRow Row { get; } = row;

    /// <summary>Nothing more comes from this lane.</summary>
    public bool IsEnded { get; private set; }

    public IEnumerable<LaneEvent> Take(LaneOutput output)
    {
        if (IsEnded)
            return [];
        return output switch
        {
            TokenMade { Score.Token: var token } when token == endOfReply => End(LaneEnd.End),
            TokenMade made => Continue(made.Score),
            TokensScored scored => Keep(scored),
            RowEnded { End: RowEnd.Scored } => Scored(),
            RowEnded ended => End(ended.End switch { RowEnd.Length => LaneEnd.Length, RowEnd.Context => LaneEnd.Context, _ => LaneEnd.End }),
            _ => [],
        };
    }

    /// <summary>The lane cannot go on.</summary>
    public LaneEvent Fail(string message)
    {
        IsEnded = true;
        return new LaneEnded(label, LaneEnd.Failed, _made) { Message = message };
    }

    private List<LaneEvent> Continue(TokenScore score)
    {
        _made++;
        var text = _guard.Append(_stream.Append(score.Token));
        List<LaneEvent> events = [new LaneToken(label, score.Token, Show(score.Token), text, score.LogProbability) { Alternatives = Alternatives(score) }];
        if (_guard.IsStopped)
            events.AddRange(End(LaneEnd.Stop));
        return events;
    }

    private List<LaneEvent> End(LaneEnd end)
    {
        IsEnded = true;
        var rest = _guard.IsStopped ? "" : _guard.Finish(_stream.Flush());
        return [new LaneEnded(label, _guard.IsStopped ? LaneEnd.Stop : end, _made, rest)];
    }

    private IEnumerable<LaneEvent> Keep(TokensScored scored)
    {
        _scores.AddRange(scored.Scores);
        return [];
    }

    private List<LaneEvent> Scored()
    {
        IsEnded = true;
        var first = ((ScoringRow)Row).FirstToken;
        // The first token has no score, so the scores begin one place later than the tokens.
        var asked = _scores.Skip(Math.Max(0, before - 1)).ToList();
        var sum = asked.Sum(score => (double)score.LogProbability);
        var tokens = asked.Select(score => new LaneScore(score.Token, Show(score.Token), score.LogProbability) { Alternatives = Alternatives(score) });
        return
        [
            new LaneScored(label, [.. before == 0 ? [new LaneScore(first, Show(first))] : Array.Empty<LaneScore>(), .. tokens], sum, Math.Exp(-sum / asked.Count)),
            new LaneEnded(label, LaneEnd.Scored, 0),
        ];
    }

    private string Show(int token) => tokenizer.Decode([token], skipSpecialTokens: false);

    private List<LaneAlternative> Alternatives(TokenScore score) =>
        [.. score.Alternatives.Select(alternative => new LaneAlternative(alternative.Token, Show(alternative.Token), alternative.LogProbability))];
}
