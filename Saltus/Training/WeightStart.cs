namespace Saltus.Training;

/// <summary>How a tool draws encoder and decoder rows at the start.</summary>
internal enum WeightStart
{
    /// <summary>Decoder rows of one norm, the encoder its transpose.</summary>
    Tied,

    /// <summary>Encoder rows as PyTorch's Linear has them, U(±1/√d); decoder rows the same at norm 1 (sparsify, OpenAI).</summary>
    LinearEncoder,

    /// <summary>Encoder rows U(±√(6/M)), since the weights are drawn as [d, M] and PyTorch takes the second size for a row's; decoder rows the same at norm 1 (the BatchTopK repository).</summary>
    Kaiming,

    /// <summary>Decoder rows U(±1/√d), encoder (d/M) times its transpose, encoder biases so that a latent fires on 10,000/M of the vectors (Anthropic, January 2025).</summary>
    Anthropic,
}
