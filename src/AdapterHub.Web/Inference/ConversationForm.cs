namespace AdapterHub.Web.Inference;

/// <summary>How a base model reads a conversation, by the rule of the engine.</summary>
public enum ConversationForm
{
    /// <summary>It has no chat template and no marks for turns: turns are paragraphs one after another.</summary>
    Paragraphs,

    /// <summary>By its own chat template.</summary>
    Template,

    /// <summary>It has no template but the marks of ChatML among its tokens.</summary>
    ChatMl,
}

/// <summary>What pages need to know of a base model before the engine is asked.</summary>
/// <param name="Layers">Null where its config does not say.</param>
/// <param name="Context">Tokens that fit; null where its config does not say.</param>
public sealed record ModelFacts(ConversationForm Form, int? Layers, int? Context);
