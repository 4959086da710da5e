using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// A run halted at a site: with another activation there it can go on any number of times without the layers below. Belongs to the
/// model that made it; its memory is its own.
/// </summary>
public sealed class ResumePoint : IDisposable
{
    internal ResumePoint(Site site, TokenBatch batch, Matrix activation, Matrix? residual)
    {
        Site = site;
        Batch = batch;
        Activation = activation;
        Residual = residual;
    }

    /// <summary>Gets the place.</summary>
    public Site Site { get; }

    /// <summary>Gets what was read.</summary>
    public TokenBatch Batch { get; }

    /// <summary>Gets the activation there, [tokens, width], as the model computed it.</summary>
    public Matrix Activation { get; }

    /// <summary>The residual stream beside it; null where the site is the residual stream.</summary>
    internal Matrix? Residual { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Activation.Dispose();
        Residual?.Dispose();
    }
}
