namespace AdapterHub.Catalog.Cards.Tex;

/// <summary>An element of MathML (MathML Core): text in leaves, children elsewhere.</summary>
internal sealed class MathNode
{
    private MathNode(string name, string? text, IReadOnlyList<MathNode> children)
    {
        Name = name;
        Text = text;
        Children = children;
    }

    public string Name { get; }

    public string? Text { get; }

    public IReadOnlyList<MathNode> Children { get; }

    public List<(string Name, string Value)> Attributes { get; } = [];

    /// <summary>A sum, a limit and their like: what hangs on it goes below and above.</summary>
    public bool TakesLimits { get; init; }

    /// <summary>A named function, which stands a little apart from what follows.</summary>
    public bool IsFunction { get; init; }

    /// <summary>An identifier.</summary>
    public static MathNode Identifier(string text, bool upright = false)
    {
        var node = new MathNode("mi", text, []);
        // A single letter is slanted unless it says otherwise.
        return upright && new System.Globalization.StringInfo(text).LengthInTextElements == 1 ? node.With("mathvariant", "normal") : node;
    }

    public static MathNode Number(string text) => new("mn", text, []);

    public static MathNode Operator(string text) => new("mo", text, []);

    public static MathNode LargeOperator(string text, bool takesLimits) => new("mo", text, []) { TakesLimits = takesLimits };

    public static MathNode Function(string name, bool takesLimits) =>
        takesLimits ? new MathNode("mo", name, []) { TakesLimits = true, IsFunction = true }.With("movablelimits", "true") : new MathNode("mi", name, []) { IsFunction = true };

    public static MathNode Words(string text) => new("mtext", text, []);

    public static MathNode Space(string width) => new MathNode("mspace", null, []).With("width", width);

    public static MathNode Of(string name, params IReadOnlyList<MathNode> children) => new(name, null, children);

    /// <summary>As <see cref="Of"/>, and what hangs on it goes below and above.</summary>
    public static MathNode Limits(string name, IReadOnlyList<MathNode> children) => new(name, null, children) { TakesLimits = true };

    /// <summary>One node for several; a single one stays itself.</summary>
    public static MathNode Row(IReadOnlyList<MathNode> children) => children.Count == 1 ? children[0] : Of("mrow", children);

    public MathNode With(string attribute, string value)
    {
        Attributes.Add((attribute, value));
        return this;
    }
}
