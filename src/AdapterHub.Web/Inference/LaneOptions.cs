namespace AdapterHub.Web.Inference;

/// <summary>Settings <c>Lanes:...</c> of the hub.</summary>
internal sealed class LaneOptions
{
    /// <summary>The program whose verb <c>engine</c> is the engine; null takes the one that this hub runs in, or the one beside it.</summary>
    public string? Program { get; set; }

    /// <summary>"auto", "cpu", "cuda" or "cuda:N".</summary>
    public string Device { get; set; } = "auto";

    /// <summary>Bytes that the engine's models may take together, such as "8G"; null leaves it to the engine.</summary>
    public string? Memory { get; set; }

    /// <summary>Lanes of one model at work at the same time.</summary>
    public int Rows { get; set; } = 32;

    /// <summary>Requests of one account that run or wait at the same time.</summary>
    public int RequestsOfAUser { get; set; } = 6;

    /// <summary>How long an engine may take to start.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(60);
}
