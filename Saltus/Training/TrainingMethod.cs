using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>
/// What differs between architectures: which entries a batch keeps, the gradient with respect to their pre-activations, the extra loss
/// terms, the thresholds' gradient. Everything else is the trainer's, which knows no architecture by name. A method holds its own
/// running state and serves one trainer.
/// </summary>
public abstract class TrainingMethod
{
    /// <summary>Gets the method's name in options and files.</summary>
    public abstract string Name { get; }

    /// <summary>Gets whether the threshold parameters are trained now.</summary>
    internal abstract bool TrainsThresholds { get; }

    /// <summary>Gets the first step at which the threshold parameters are trained: their Adam counts its steps from there.</summary>
    internal virtual int FirstThresholdStep => 0;

    /// <summary>Gets whether negative threshold parameters are set to 0 after a step.</summary>
    internal virtual bool ClampsThresholds => false;

    /// <summary>Sets the threshold parameters before the first step.</summary>
    /// <param name="parameters">Weights are set already.</param>
    internal virtual void Initialize(SaeParameters parameters)
    {
    }

    /// <summary>Begins a step: everything that depends only on the parameters, and the floor above which an entry is wanted.</summary>
    /// <param name="context">The step.</param>
    /// <param name="floors">[M]; overwritten.</param>
    internal abstract void Begin(StepContext context, Span<float> floors);

    /// <summary>Sets the activation of each candidate, 0 where it is not active.</summary>
    /// <param name="context">The step, with its candidates.</param>
    /// <param name="floors">May be lowered where the candidates do not suffice.</param>
    /// <returns>False when the product must be repeated with the lowered floors.</returns>
    internal abstract bool Select(StepContext context, Span<float> floors);

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

    /// <summary>Gets the activation that inference uses, in training units.</summary>
    /// <param name="parameters">The trained parameters.</param>
    /// <returns>A new activation.</returns>
    internal abstract Activation Inference(SaeParameters parameters);
}
