using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>
/// Steers λ so that the batch meets a target L0: log λ moves by the logarithm of how far L0 is off, and by how fast it changes, so that it
/// settles without swinging.
/// </summary>
/// <param name="start">λ at the start.</param>
/// <param name="target">L0*.</param>
internal sealed class LambdaController(double start, double target)
{
    private const double Gain = 0.02;
    private const double Damping = 0.6;
    private const double LargestError = 1;
    private double _lastError = double.NaN;

    /// <summary>Gets or sets λ now.</summary>
    public double Lambda { get; set; } = start;

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state)
    {
        state.AddNumber("method.lambda", () => Lambda, lambda => Lambda = lambda);
        state.AddNumber("method.lambda_last_error", () => _lastError, error => _lastError = error);
    }

    /// <summary>Takes in the L0 of a step.</summary>
    /// <param name="l0">Mean over the batch.</param>
    public void Observe(double l0)
    {
        double error = Math.Clamp(RealFunctions.Log(Math.Max(l0, 1e-3) / target), -LargestError, LargestError);
        double change = double.IsNaN(_lastError) ? 0 : error - _lastError;
        _lastError = error;
        Lambda *= RealFunctions.Exp((Gain * error) + (Damping * change));
    }
}
