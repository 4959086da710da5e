namespace Saltus.Lm.Models;

/// <summary>What the key attention.sliding_window of an architecture means.</summary>
internal enum GgufWindow
{
    /// <summary>Nothing that is known: the key is refused.</summary>
    Refused,

    /// <summary>The family is Mistral's, with this window on every layer.</summary>
    MakesMistral,

    /// <summary>The window of the sliding layers.</summary>
    Sliding,
}
