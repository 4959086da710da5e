namespace Saltus.Lm.Interpretation;

/// <summary>How a node's share of a logit difference is estimated.</summary>
public enum AttributionMethod
{
    /// <summary>Activation times the gradient where the activations are: one backward pass.</summary>
    GradientActivation,

    /// <summary>
    /// Activation times the mean gradient along the straight line from the activation without latents and errors (what the SAE gives for no
    /// latent) to the activation itself: shares that add up to the difference between the two ends.
    /// </summary>
    IntegratedGradients,
}
