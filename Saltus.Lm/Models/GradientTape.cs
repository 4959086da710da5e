using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// A forward run, kept so that gradients can go back through it, any number of times: what entered each block, and what edits left inside
/// blocks. The rest is computed again, block by block. Belongs to the model that made it; its memory is its own, tokens × width a layer.
/// </summary>
public sealed class GradientTape : IDisposable
{
    private readonly Dictionary<int, BlockStart> _starts = [];
    private readonly Dictionary<Site, Matrix> _edited = [];
    private readonly Site? _begin;
    private Matrix? _final;

    /// <param name="batch">What was read.</param>
    /// <param name="lowest">The lowest site at which gradients can be had.</param>
    /// <param name="begin">Where a resumed run begins; null for one from the tokens.</param>
    internal GradientTape(TokenBatch batch, Site lowest, Site? begin)
    {
        Batch = batch;
        Lowest = lowest;
        _begin = begin;
    }

    /// <summary>Gets what was read.</summary>
    public TokenBatch Batch { get; }

    /// <summary>Gets the lowest site at which gradients can be had.</summary>
    public Site Lowest { get; }

    /// <summary>The residual stream after the last block.</summary>
    internal Matrix Final => _final ?? throw new InvalidOperationException("the run did not come to its end");

    /// <summary>Where a block's recomputation starts.</summary>
    internal BlockStart Start(int layer) => _starts[layer];

    /// <summary>What edits left inside a block.</summary>
    internal IReadOnlyList<Edit> Restorations(int layer) =>
        [.. _edited.Where(entry => entry.Key.Layer == layer).Select(entry => new Edit(entry.Key, (_, activation) => entry.Value.Span.CopyTo(activation.Span)))];

    /// <summary>Keeps what is needed of a site that the run comes by, after its edits.</summary>
    internal void Keep(Site site, Matrix activation, Matrix residual, bool isEdited)
    {
        if (ModelExecution.Stage(new Site(SiteKind.ResidPost, site.Layer)) <= ModelExecution.Stage(Lowest) || site.Kind is SiteKind.Embed or SiteKind.ResidPost)
        {
            return;
        }

        if (site.Kind == SiteKind.ResidPre || site == _begin)
        {
            _starts[site.Layer] = new BlockStart(site.Kind, activation.Clone(), ReferenceEquals(activation, residual) ? null : residual.Clone());
        }
        else if (isEdited)
        {
            _edited[site] = activation.Clone();
        }
    }

    /// <summary>Keeps what leaves the last block.</summary>
    internal void KeepFinal(Matrix residual) => _final = residual.Clone();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BlockStart start in _starts.Values)
        {
            start.Activation.Dispose();
            start.Residual?.Dispose();
        }

        foreach (Matrix matrix in _edited.Values)
        {
            matrix.Dispose();
        }

        _final?.Dispose();
    }
}
