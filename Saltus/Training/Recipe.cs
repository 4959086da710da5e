namespace Saltus.Training;

/// <summary>
/// Named settings. "default" trains every method well in short runs; "paper" and "gemma-scope" are Gemma Scope's account of the JumpReLU paper
/// (arXiv 2408.05147), meant for billions of tokens; the others repeat other tools' trainers.
/// </summary>
public static class Recipe
{
    /// <summary>The name of the recipe for short runs.</summary>
    public const string Default = "default";

    /// <summary>The name of the paper's recipe.</summary>
    public const string Paper = "paper";

    /// <summary>The same under the suite's name.</summary>
    public const string GemmaScope = "gemma-scope";

    private static readonly IReadOnlyList<RecipeSettings> s_all =
        [new DefaultRecipe(), new PaperRecipe(Paper), new PaperRecipe(GemmaScope), .. LibraryRecipes.All];

    /// <summary>Gets the names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(recipe => recipe.Name)];

    /// <summary>Fills in every knob that a configuration leaves to its recipe.</summary>
    /// <param name="configuration">What was set.</param>
    /// <returns>A configuration without open knobs.</returns>
    /// <exception cref="InputException">The recipe or method is not known, or knobs contradict one another.</exception>
    public static RunConfiguration Complete(RunConfiguration configuration)
    {
        if (configuration.FormatVersion != 1)
        {
            throw new InputException($"format_version: expected 1, got {configuration.FormatVersion}");
        }

        RecipeSettings recipe = Find(configuration.Recipe);
        RunConfiguration given = configuration with { Method = configuration.Method ?? recipe.Methods[0] };
        if (!MethodNames.All.Contains(given.Method))
        {
            throw new InputException($"--method: expected one of {string.Join(", ", MethodNames.All)}, got {given.Method}");
        }

        if (!recipe.Methods.Contains(given.Method))
        {
            throw new InputException($"--method {given.Method}: expected {string.Join(", ", recipe.Methods)}, which is what the recipe {recipe.Name} trains; give another --recipe");
        }

        given = given with { Base = given.Method == MethodNames.Matryoshka ? given.Base ?? MethodNames.BatchTopK : given.Base };
        MethodKnobs.Check(given);
        if (given.L0 is not null && given.Lambda is not null && !recipe.TakesTargetAndLambda)
        {
            throw new InputException("--l0 and --lambda: expected one of them, got both");
        }

        TrainerOptions.Check(given.Width is > 0 and <= 1 << 24, "width", given.Width, "1 … 16777216 latents");
        TrainerOptions.Check(given.Tokens > 0, "tokens", given.Tokens, "a positive number");
        TrainerOptions.Check(given.L0 is null || (given.L0 > 0 && given.L0 <= given.Width), "l0", given.L0, $"0 < l0 ≤ {given.Width}");
        TrainerOptions.Check(given.Batch is null or (> 0 and <= 1 << 20), "batch", given.Batch, "1 … 1048576 vectors");
        RunConfiguration completed = recipe.Complete(given);
        TrainerOptions.Check(
            given.Method != MethodNames.TopK || completed.L0 == Math.Floor(completed.L0!.Value), "l0", completed.L0, "a whole number: TopK keeps as many on each vector");
        TrainerOptions.Check(completed.L0 is null || completed.L0 <= completed.Width, "l0", completed.L0, $"0 < l0 ≤ {completed.Width}");
        return completed;
    }

    /// <summary>Finds a recipe.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="InputException">There is none.</exception>
    internal static RecipeSettings Find(string name) =>
        s_all.FirstOrDefault(recipe => recipe.Name == name) ?? throw new InputException($"--recipe: expected one of {string.Join(", ", Names)}, got {name}");
}
