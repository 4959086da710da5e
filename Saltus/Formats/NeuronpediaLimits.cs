namespace Saltus.Formats;

/// <summary>What Neuronpedia takes in one upload, and what a reader of its files believes at most.</summary>
public static class NeuronpediaLimits
{
    /// <summary>Largest file, in bytes: 128 latents with 45 sequences of 1,024 tokens are about 100 MB.</summary>
    public const int MaxFileBytes = 256 << 20;

    /// <summary>Most latents of a file.</summary>
    public const int MaxFeatures = 128;

    /// <summary>Largest index of a latent.</summary>
    public const int MaxIndex = 10_000_000;

    /// <summary>Most tokens, and values, of a sequence.</summary>
    public const int MaxTokens = 1024;

    /// <summary>Most logits each way.</summary>
    public const int MaxLogits = 20;

    /// <summary>Most characters of an explanation.</summary>
    public const int MaxExplanation = 512;
}
