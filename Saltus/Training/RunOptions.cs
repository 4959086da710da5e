namespace Saltus.Training;

/// <summary>What a completed configuration means for the trainer and for the method.</summary>
internal static class RunOptions
{
    /// <summary>Gets the shared knobs.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <param name="scale">What the first vectors say of the data.</param>
    /// <returns>Options of the trainer.</returns>
    public static TrainerOptions Trainer(RunConfiguration run, RunScale scale)
    {
        RecipeSettings recipe = Recipe.Find(run.Recipe);
        return recipe.Trainer(run) with { Scale = scale.Scale, TargetScale = scale.TargetScale, Variance = scale.Variance };
    }

    /// <summary>Makes the method.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <returns>A new method.</returns>
    public static TrainingMethod Method(RunConfiguration run) => Recipe.Find(run.Recipe).Create(run);
}
