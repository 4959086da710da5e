namespace Saltus.Lm.Models;

/// <summary>Why a sequence ended.</summary>
public enum GenerationEnd
{
    /// <summary>It has as many new tokens as were asked for.</summary>
    MaxTokens,

    /// <summary>A stop token came.</summary>
    StopToken,

    /// <summary>The model has no further learned position.</summary>
    LastPosition,
}
