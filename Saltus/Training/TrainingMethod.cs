namespace Saltus.Training;

/// <summary>
/// What differs between architectures: which entries a batch keeps, the gradient with respect to their pre-activations, the extra loss
/// terms, the gradients of what is trained beside weights and biases. Everything else is the trainer's, which knows no architecture by
/// name. A method holds its own running state and serves one trainer.
/// </summary>
public abstract class TrainingMethod
{
    /// <summary>Gets the method's name in options and files.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the names of what is trained beside weights and biases, in the order of <see cref="SaeParameters.Extras"/>; at most two.</summary>
    internal virtual IReadOnlyList<string> ExtraNames => [];

    /// <summary>Gets whether the extras are trained now.</summary>
    internal virtual bool TrainsExtras => ExtraNames.Count > 0;

    /// <summary>Gets the first step at which the extras are trained: their Adam counts its steps from there.</summary>
    internal virtual int FirstExtraStep => 0;

    /// <summary>Gets whether a first extra below 0 is set to 0 after a step.</summary>
    internal virtual bool ClampsFirstExtra => false;

    /// <summary>Gets whether there is a second code of the same entries, whose own reconstruction is a term of the loss.</summary>
    internal virtual SecondCode SecondCode => SecondCode.None;

    /// <summary>Gets the factor by which each latent's pre-activations are ranked against others', [M]; empty for 1.</summary>
    internal virtual ReadOnlyMemory<float> RankFactors => default;

    /// <summary>Gets whether <see cref="Sample"/> is to be called before the next product.</summary>
    internal virtual bool WantsSample => false;

    /// <summary>Gets θ of each latent in training units, as of the last step begun, for the log; empty for methods without thresholds.</summary>
    internal virtual ReadOnlySpan<float> CurrentThresholds => [];

    /// <summary>Sets the extras before the first step.</summary>
    /// <param name="parameters">Weights are set already.</param>
    internal virtual void Initialize(SaeParameters parameters)
    {
    }

    /// <summary>Forgets what is known of a latent that starts anew.</summary>
    /// <param name="parameters">Its weights are set already.</param>
    /// <param name="latent">The latent.</param>
    internal virtual void Restart(SaeParameters parameters, int latent)
    {
    }

    /// <summary>Begins a step: everything that depends only on the parameters, and the floor above which an entry is wanted.</summary>
    /// <param name="context">The step.</param>
    /// <param name="floors">[M]; overwritten.</param>
    internal abstract void Begin(StepContext context, Span<float> floors);

    /// <summary>Guesses the floors from a few rows, where there is no earlier step to guess from.</summary>
    /// <param name="context">The step; its candidates are all positive entries of the first rows.</param>
    /// <param name="floors">[M]; overwritten.</param>
    internal virtual void Sample(StepContext context, Span<float> floors)
    {
    }

    /// <summary>Sets the activation of each candidate, 0 where it is not active.</summary>
    /// <param name="context">The step, with its candidates.</param>
    /// <param name="floors">Lowered where the candidates do not suffice.</param>
    /// <returns>The rows that must be encoded again with the lowered floors, ascending; empty when all is set.</returns>
    internal abstract ReadOnlySpan<int> Select(StepContext context, Span<float> floors);

    /// <summary>
    /// Gets whether, as of the last step begun, <see cref="DifferentiateBand"/> is to see every pre-activation and slope; candidates are then
    /// the active ones alone.
    /// </summary>
    internal virtual bool IsWide => false;

    /// <summary>Computes a latent's sum over some rows of the batch, of whatever every pre-activation and slope has a share in.</summary>
    /// <param name="context">The step.</param>
    /// <param name="latent">The latent.</param>
    /// <param name="firstRow">Index of the first row.</param>
    /// <param name="pre">π of consecutive rows; may be overwritten.</param>
    /// <param name="slopes">d_i · ∂L/∂x̂ of the same rows.</param>
    /// <returns>The sum; those of all rows are <see cref="LatentEntries.BandGradient"/>.</returns>
    internal virtual double DifferentiateBand(StepContext context, int latent, int firstRow, Span<float> pre, ReadOnlySpan<float> slopes) => 0;

    /// <summary>Computes what the loss says about the entries of one latent.</summary>
    /// <param name="context">The step.</param>
    /// <param name="entries">The latent's entries; gradients are written here.</param>
    internal abstract void Differentiate(StepContext context, ref LatentEntries entries);

    /// <summary>Computes the sparsity penalty of the step, coefficient included.</summary>
    /// <param name="context">The step.</param>
    /// <returns>The mean over the batch.</returns>
    internal virtual double SparsityLoss(StepContext context) => 0;

    /// <summary>Ends a step, after the update.</summary>
    /// <param name="context">The step.</param>
    internal virtual void End(StepContext context)
    {
    }

    /// <summary>Puts what the method remembers between steps onto the list of what a checkpoint holds, under names that begin with <c>method.</c></summary>
    /// <param name="state">The list.</param>
    internal virtual void AddState(TrainingState state)
    {
    }

    /// <summary>Gets the SAE that inference uses, in training units and with the pre-encoder bias apart.</summary>
    /// <param name="parameters">The trained parameters.</param>
    /// <returns>Encoder bias and activation, and where the encoder's rows are scaled the factors.</returns>
    internal abstract InferenceForm Inference(SaeParameters parameters);
}
