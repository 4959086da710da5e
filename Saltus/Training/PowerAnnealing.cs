namespace Saltus.Training;

/// <summary>
/// p-annealing (arXiv 2408.00113): λ Σ f^p with p falling from 1 in equal steps, λ rescaled at each by the ratio of recent mean penalties so that
/// the penalty goes on where it was.
/// </summary>
public sealed record PowerAnnealing
{
    /// <summary>Gets the exponent at the start.</summary>
    public double From { get; init; } = 1;

    /// <summary>Gets the exponent at the end.</summary>
    public double To { get; init; } = 0.2;

    /// <summary>Gets the first step whose exponent is below <see cref="From"/>.</summary>
    public int FirstStep { get; init; }

    /// <summary>Gets the step from which on the exponent is <see cref="To"/>.</summary>
    public int LastStep { get; init; }

    /// <summary>Gets the number of times that the exponent falls.</summary>
    public int Updates { get; init; } = 10;

    /// <summary>Gets over how many steps mean penalties are taken.</summary>
    public int Recent { get; init; } = 10;

    /// <summary>Gets the exponent at a step.</summary>
    /// <param name="step">0 for the first.</param>
    /// <returns>p.</returns>
    public double Exponent(int step) => From + ((To - From) * Done(step) / Updates);

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A knob is outside its range; the message names it.</exception>
    public void Validate()
    {
        TrainerOptions.Check(From is > 0 and <= 1 && To is > 0 and <= 1 && To <= From, "exponents of p-annealing", (From, To), "0 < to ≤ from ≤ 1");
        TrainerOptions.Check(LastStep >= FirstStep, "last step of p-annealing", LastStep, $"at least {FirstStep}");
        TrainerOptions.Check(Updates > 0, "updates of p-annealing", Updates, "a positive number");
        TrainerOptions.Check(Recent > 0, "recent steps of p-annealing", Recent, "a positive number");
    }

    private int Done(int step)
    {
        if (step < FirstStep)
        {
            return 0;
        }

        int between = Math.Max(1, LastStep - FirstStep);
        return (int)Math.Min(Updates, 1 + ((long)(step - FirstStep) * Updates / between));
    }
}
