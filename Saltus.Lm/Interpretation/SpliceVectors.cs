using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>Of one run of a language model: what an SAE reads, what it is to give, and the point from which the run goes on with that replaced.</summary>
internal sealed class SpliceVectors : IDisposable
{
    private SpliceVectors(ResumePoint point, Matrix inputs, Matrix targets)
    {
        (Point, Inputs, Targets) = (point, inputs, targets);
    }

    /// <summary>Gets the run at the target site.</summary>
    public ResumePoint Point { get; }

    /// <summary>Gets the rows at the site that is read, [rows, d].</summary>
    public Matrix Inputs { get; }

    /// <summary>Gets the rows at the target site, [rows, d_out]; the inputs where the sites are one.</summary>
    public Matrix Targets { get; }

    /// <summary>Runs the model as far as the target.</summary>
    /// <param name="model">The language model.</param>
    /// <param name="team">Threads.</param>
    /// <param name="tokens">Sequences.</param>
    /// <param name="site">What is read; not after the target.</param>
    /// <param name="target">What is given.</param>
    /// <param name="rows">Which positions.</param>
    /// <returns>The caller disposes it.</returns>
    public static SpliceVectors Read(LanguageModel model, WorkTeam team, TokenBatch tokens, Site site, Site target, int[] rows)
    {
        if (site == target)
        {
            ResumePoint same = model.RunAndKeep(team, tokens, site);
            Matrix vectors = WindowBatch.Gather(same.Activation, rows);
            return new SpliceVectors(same, vectors, vectors);
        }

        Matrix? inputs = null;
        ResumePoint point = model.RunAndKeep(
            team, tokens, target, new ModelRun { Taps = [new Tap(site, (_, activation) => inputs = WindowBatch.Gather(activation, rows))] });
        return new SpliceVectors(point, inputs!, WindowBatch.Gather(point.Activation, rows));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Point.Dispose();
        Inputs.Dispose();
        Targets.Dispose();
    }
}
