namespace Saltus.Training;

/// <summary>Whether a method has a second code of its entries: mean_b ‖y − f₂·W_dec − b_dec‖² is then a term of the loss.</summary>
internal enum SecondCode
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The decoder is held fast in that term (the Gated SAE's paper).</summary>
    FrozenDecoder,

    /// <summary>The decoder learns from that term too (SAELens).</summary>
    TrainedDecoder,
}
