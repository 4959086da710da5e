using Saltus.Lm.Interpretation;

namespace Saltus.Cli.Causal;

/// <summary>What <c>steer</c> does to the latent.</summary>
/// <param name="Kind">add, clamp or ablate.</param>
/// <param name="Value">How much, in the activations' unit or as a multiple; null for ablation.</param>
internal readonly record struct SteeringChange(string Kind, double? Value)
{
    /// <summary>Gets the rule.</summary>
    /// <param name="unit">What the value is a multiple of; 1 for the activations' unit.</param>
    public LatentRule Rule(double unit) => Kind switch
    {
        "add" => LatentRules.Add((float)(Value!.Value * unit)),
        "clamp" => LatentRules.Clamp((float)(Value!.Value * unit)),
        _ => LatentRules.Ablate,
    };

    /// <inheritdoc/>
    public override string ToString() => Value is double value ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Kind} {value}") : Kind;
}
