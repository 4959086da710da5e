namespace Saltus.Training;

/// <summary>The candidates of one latent in a batch, in ascending order of rows, and what a method makes of them.</summary>
internal ref struct LatentEntries
{
    /// <summary>Gets the latent.</summary>
    public required int Latent { get; init; }

    /// <summary>Gets the row of each entry.</summary>
    public required ReadOnlySpan<int> Rows { get; init; }

    /// <summary>Gets π of each entry.</summary>
    public required ReadOnlySpan<float> Pre { get; init; }

    /// <summary>Gets the activation of each entry, 0 where not active.</summary>
    public required ReadOnlySpan<float> Activation { get; init; }

    /// <summary>Gets the derivative of the reconstruction loss with respect to each activation, d_i · ∂L/∂x̂.</summary>
    public required ReadOnlySpan<float> Slope { get; init; }

    /// <summary>Gets the derivative of the second code's reconstruction loss with respect to its activation; empty without a second code.</summary>
    public ReadOnlySpan<float> SecondSlope { get; init; }

    /// <summary>Gets where the derivative of the whole loss with respect to each π is written.</summary>
    public required Span<float> PreGradient { get; init; }

    /// <summary>Gets the sum of <see cref="TrainingMethod.DifferentiateBand"/> over all rows, where the method wants it.</summary>
    public double BandGradient { get; init; }

    /// <summary>Gets or sets the derivative with respect to the encoder bias, where it is not the sum of <see cref="PreGradient"/>.</summary>
    public double? BiasGradient { get; set; }

    /// <summary>Gets or sets the derivative with respect to the first extra: the threshold parameter where there is one.</summary>
    public double FirstExtraGradient { get; set; }

    /// <summary>Gets or sets the derivative with respect to the second extra.</summary>
    public double SecondExtraGradient { get; set; }

    /// <summary>Gets or sets the derivative with respect to the norm of the decoder row.</summary>
    public double NormGradient { get; set; }
}
