namespace Saltus.Autoencoders;

/// <summary>What the latents of one vector depend on.</summary>
public enum LatentScope
{
    /// <summary>On that vector alone.</summary>
    Vector,

    /// <summary>On all vectors that are encoded together, as in a training step of BatchTopK.</summary>
    Batch,

    /// <summary>On the vectors before it in the same sequence, as in a temporal SAE.</summary>
    Sequence,
}
