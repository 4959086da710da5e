namespace Saltus.Tests.Training.Twin;

/// <summary>
/// What a stop-gradient holds fast. A pass fills what it finds empty, so that a second pass with shifted parameters and the same object sees the values of the
/// first: only so do central differences see the loss whose gradient is taken.
/// </summary>
internal sealed class FrozenValues
{
    public DoubleMatrix? Decoder { get; set; }

    public double[]? DecoderBias { get; set; }

    public DoubleMatrix? Residual { get; set; }

    public DoubleMatrix? AuxiliarySource { get; set; }
}
