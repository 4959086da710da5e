namespace Saltus.Training;

/// <summary>λ over a run: fixed or steered to a target L0, with a linear warm-up.</summary>
/// <param name="lambda">λ, or where steering starts.</param>
/// <param name="warmupSteps">Steps of the rise from 0; 0 for none.</param>
/// <param name="targetL0">L0 to steer to; 0 for a fixed λ.</param>
internal sealed class SparsityCoefficient(double lambda, int warmupSteps, double targetL0)
{
    private readonly LambdaController _controller = new(lambda, targetL0);

    /// <summary>Gets λ at a step.</summary>
    /// <param name="step">0 for the first.</param>
    /// <returns>The coefficient in force.</returns>
    public double At(int step) => _controller.Lambda * (warmupSteps > 0 ? Math.Min(1, (double)step / warmupSteps) : 1);

    /// <summary>Takes in what a step showed; during the warm-up nothing is learnt from it.</summary>
    /// <param name="context">The step.</param>
    public void Observe(StepContext context)
    {
        if (targetL0 > 0 && context.Step >= warmupSteps)
        {
            _controller.Observe(context.L0);
        }
    }

    /// <summary>Multiplies λ from here on.</summary>
    /// <param name="factor">The factor.</param>
    public void Rescale(double factor) => _controller.Lambda *= factor;

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state) => _controller.AddState(state);
}
