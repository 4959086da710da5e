using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>What another tool fills in of itself, and how it starts.</summary>
internal sealed record LibraryDefaults
{
    /// <summary>Gets k, or the target L0 where the loss has one; null where sparsity comes from λ alone.</summary>
    public double? L0 { get; init; }

    /// <summary>Gets λ; null where there is no penalty.</summary>
    public double? Lambda { get; init; }

    /// <summary>Gets B.</summary>
    public int Batch { get; init; } = 4096;

    /// <summary>Gets the learning rate.</summary>
    public double LearningRate { get; init; } = 3e-4;

    /// <summary>Gets whether that is the rate at 2¹⁴ latents, and falls as 1/√M.</summary>
    public bool RateFallsWithWidth { get; init; }

    /// <summary>Gets whether the learning rate falls along a line from the end of its rise to the end of the run.</summary>
    public bool FallsToEnd { get; init; }

    /// <summary>Gets the steps over which the penalty's coefficient rises; the whole run where it has fewer.</summary>
    public int PenaltyWarmupSteps { get; init; }

    /// <summary>Gets the coefficient of the auxiliary loss where it is not that of the recorded run.</summary>
    public double? AuxCoefficient { get; init; }

    /// <summary>Gets the steps over which the learning rate rises.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>Gets the share of the steps over which it falls to 0.</summary>
    public double DecayShare { get; init; }

    /// <summary>Gets when a latent is dead, in tokens or steps as the tool counts.</summary>
    public long DeadAfter { get; init; } = 1000;

    /// <summary>Gets ε of JumpReLU.</summary>
    public double Bandwidth { get; init; } = 0.05;

    /// <summary>Gets θ at the start.</summary>
    public double InitialThreshold { get; init; } = 0.01;

    /// <summary>Gets the Matryoshka prefixes.</summary>
    public IReadOnlyList<double> Prefixes { get; init; } = [1 / 32.0, 3 / 32.0, 7 / 32.0, 15 / 32.0, 1];

    /// <summary>Gets whether a Matryoshka loss is the mean over levels of levels weighted by 1 / G.</summary>
    public bool AveragesLevels { get; init; }

    /// <summary>Gets whether data are scaled to ‖x‖ ≈ √d rather than 1.</summary>
    public bool ScalesToRootWidth { get; init; }

    /// <summary>Gets the norm of decoder and encoder rows at the start.</summary>
    public double DecoderNorm { get; init; } = 1;

    /// <summary>Gets how encoder and decoder rows start.</summary>
    public WeightStart Weights { get; init; }

    /// <summary>Gets whether the encoder is scaled so that random vectors of norm 1 come out with norm 1 on average (OpenAI).</summary>
    public bool ScalesEncoder { get; init; }

    /// <summary>Gets whether a transcoder starts with a decoder of zeros, free norms, and encoder biases that take the inputs' mean away (sparsify).</summary>
    public bool ZeroTranscoder { get; init; }

    /// <summary>Gets what is done to each vector before it is trained on.</summary>
    public InputTransform Transform { get; init; }

    /// <summary>Gets where the decoder bias starts.</summary>
    public BiasStart Bias { get; init; }
}
