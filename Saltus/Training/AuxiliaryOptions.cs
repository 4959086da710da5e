namespace Saltus.Training;

/// <summary>The knobs of the AuxK loss, by which dead latents learn what the living leave over. Defaults are those of arXiv 2406.04093.</summary>
public sealed record AuxiliaryOptions
{
    /// <summary>Gets the weight of the loss; 0 for none.</summary>
    public double Coefficient { get; init; }

    /// <summary>Gets how many dead latents a vector uses; 0 for d_out / 2.</summary>
    public int Latents { get; init; }

    /// <summary>Gets whether negative pre-activations count as 0.</summary>
    public bool Rectifies { get; init; } = true;

    /// <summary>Gets what the squared error is divided by.</summary>
    public AuxiliaryNormalization Normalization { get; init; } = AuxiliaryNormalization.ResidualVariance;

    /// <summary>Gets whether the loss shrinks with the number of dead latents below <see cref="Latents"/> (sparsify, SAELens).</summary>
    public bool ScalesByDead { get; init; }

    /// <summary>Gets whether the residual is held fast.</summary>
    public bool DetachesResidual { get; init; } = true;

    /// <summary>Gets whether the encoder learns from the loss.</summary>
    public bool TrainsEncoder { get; init; } = true;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(Coefficient >= 0 && double.IsFinite(Coefficient), "aux coefficient", Coefficient, "0 or a positive number");
        TrainerOptions.Check(Latents >= 0, "aux latents", Latents, "0 or a positive number");
    }
}
