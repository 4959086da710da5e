namespace Saltus.Lm.Models;

/// <summary>The non-linearity of an MLP.</summary>
public enum ActivationKind
{
    /// <summary>x/2·(1 + erf(x/√2)).</summary>
    Gelu,

    /// <summary>x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
    GeluTanh,

    /// <summary>x/(1 + exp(−x)).</summary>
    Silu,
}
