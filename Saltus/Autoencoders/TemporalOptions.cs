namespace Saltus.Autoencoders;

/// <summary>What a temporal SAE is beside its weights.</summary>
public sealed record TemporalOptions
{
    /// <summary>Gets the number of attention heads; divides the widths of queries and of latents.</summary>
    public required int Heads { get; init; }

    /// <summary>Gets how many novel latents a vector are kept; null for all that are positive.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the factor of inputs, which outputs are divided by; default 1.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Gets the norm that is applied instead of <see cref="Scale"/>.</summary>
    public InputTransform Transform { get; init; }

    /// <summary>Gets whether the decoder bias is subtracted from the input.</summary>
    public bool SubtractsBias { get; init; } = true;

    /// <summary>Gets whether the decoder bias is added to the output.</summary>
    public bool AddsBias { get; init; } = true;
}
