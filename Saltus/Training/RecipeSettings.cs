using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>One named set of settings: what it fills in, and what a completed configuration means for trainer and method.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Methods">The methods that it can train, the one it takes of itself first.</param>
internal abstract record RecipeSettings(string Name, IReadOnlyList<string> Methods)
{
    /// <summary>Gets whether target L0 and λ are both knobs of its loss.</summary>
    public virtual bool TakesTargetAndLambda => false;

    /// <summary>Fills in every open knob.</summary>
    /// <param name="given">Checked; method and base are set.</param>
    /// <returns>A configuration without open knobs.</returns>
    public abstract RunConfiguration Complete(RunConfiguration given);

    /// <summary>Gets the trainer's knobs, scale apart.</summary>
    /// <param name="run">Completed.</param>
    /// <returns>Options.</returns>
    public abstract TrainerOptions Trainer(RunConfiguration run);

    /// <summary>Makes the method.</summary>
    /// <param name="run">Completed.</param>
    /// <returns>A new method.</returns>
    public abstract TrainingMethod Create(RunConfiguration run);

    /// <summary>Gets the root of the mean squared norm that data are scaled to.</summary>
    /// <param name="width">d.</param>
    /// <returns>1, or √d.</returns>
    public virtual double Norm(int width) => 1;

    /// <summary>Gets what is done to each vector; where it is something, data are not scaled.</summary>
    public virtual InputTransform Transform => InputTransform.None;

    /// <summary>Sets the weights before the first step; thresholds are the method's.</summary>
    /// <param name="parameters">What to set.</param>
    /// <param name="run">Completed.</param>
    /// <param name="data">What the first vectors say.</param>
    public abstract void Start(SaeParameters parameters, RunConfiguration run, StartData data);

    /// <summary>Gets the schedule of the learning rate.</summary>
    /// <param name="run">Completed.</param>
    /// <param name="shape">Of the rise.</param>
    /// <returns>The schedule.</returns>
    protected static LearningRateSchedule Schedule(RunConfiguration run, WarmupShape shape)
    {
        int steps = run.Steps();
        return new LearningRateSchedule(shape, StepsOf(run.WarmupShare, steps), steps, StepsOf(run.DecayShare, steps));
    }

    /// <summary>Gets the levels of a Matryoshka SAE.</summary>
    /// <param name="run">Completed.</param>
    /// <param name="weight">Of each level.</param>
    /// <returns>Ascending; empty for other methods.</returns>
    protected static IReadOnlyList<LatentPrefix> Levels(RunConfiguration run, double weight) =>
        run.Prefixes is null ? [] : [.. run.Prefixes.Select(share => (int)Math.Round(share * run.Width)).Where(latents => latents > 0).Distinct().Select(latents => new LatentPrefix(latents, weight))];

    /// <summary>Gets a share of the steps in steps.</summary>
    /// <param name="share">Null for none.</param>
    /// <param name="steps">Of the run.</param>
    /// <returns>Rounded.</returns>
    protected static int StepsOf(double? share, int steps) => (int)Math.Round((share ?? 0) * steps);
}
