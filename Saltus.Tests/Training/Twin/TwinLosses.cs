namespace Saltus.Tests.Training.Twin;

/// <summary>The terms of the loss, each with its coefficient.</summary>
internal sealed record TwinLosses(double Reconstruction, double Sparsity, double PreActivation, double Auxiliary)
{
    public double Total => Reconstruction + Sparsity + PreActivation + Auxiliary;
}
