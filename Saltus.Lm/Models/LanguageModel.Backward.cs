using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <content>
/// Gradients of a scalar of the logits at sites. No gradients of weights: of a block only its input is kept, the rest is computed again.
/// </content>
public sealed partial class LanguageModel
{
    private ActivationBuffers? _gradients;
    private BlockRecord? _record;

    /// <summary>Reads a batch and keeps what gradients need.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="lowest">The lowest site at which gradients are wanted.</param>
    /// <param name="run">What else is asked of this run; its edits count in the backward pass too.</param>
    /// <returns>The tape; the caller disposes it.</returns>
    /// <exception cref="ModelException">As for <see cref="Run(WorkTeam, TokenBatch, ModelRun)"/>.</exception>
    public GradientTape Record(WorkTeam team, TokenBatch batch, Site lowest, ModelRun? run = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Configuration.Check(lowest);
        GradientTape tape = new(batch, lowest, begin: null);
        return Fill(tape, () => Run(team, batch, run ?? ModelRun.Empty, keep: null, tape));
    }

    /// <summary>Goes on from a kept point and keeps what gradients at its site and above need.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="point">A point that this model made; the lowest site at which gradients can be had.</param>
    /// <param name="activation">[tokens, width] in place of the point's own; null: the point's own.</param>
    /// <param name="run">What else is asked of this run.</param>
    /// <returns>The tape; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">As for <see cref="RunFrom(WorkTeam, ResumePoint, Matrix, ModelRun)"/>.</exception>
    /// <exception cref="ModelException">The model has no such site.</exception>
    public GradientTape RecordFrom(WorkTeam team, ResumePoint point, Matrix? activation = null, ModelRun? run = null)
    {
        ArgumentNullException.ThrowIfNull(point);
        GradientTape tape = new(point.Batch, point.Site, point.Site);
        return Fill(tape, () => RunFrom(team, point, activation, run ?? ModelRun.Empty, tape));
    }

    /// <summary>Computes the gradient of a scalar of the logits at sites of a kept run.</summary>
    /// <param name="team">Threads; the result does not depend on their number.</param>
    /// <param name="tape">A tape that this model made.</param>
    /// <param name="gradient">Gives the scalar's gradient with respect to the logits.</param>
    /// <param name="run">Where gradients are wanted. The pass stops at the lowest site.</param>
    /// <exception cref="ArgumentException">No site is tapped, one lies below the tape's lowest, or a row is not of the batch or given twice.</exception>
    /// <exception cref="ModelException">The model has no such site.</exception>
    public void Backward(WorkTeam team, GradientTape tape, LogitsGradient gradient, BackwardRun run)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(run);
        int[] rows = CheckBackward(tape, run);
        int tokens = tape.Batch.TokenCount;
        _gradients ??= new ActivationBuffers(Configuration);
        _record ??= new BlockRecord();
        _buffers.Prepare(tokens);
        _gradients.Prepare(tokens);
        BackThroughHead(team, tape, gradient, rows);
        BackwardExecution execution = new(Configuration, _weights, _buffers, _record, _gradients, team, tape, run);
        _ropes.Trim();
        ModelExecution Replaying(ModelRun replayed) =>
            new(Configuration, _weights, _buffers, _ropes, team, tape.Batch, replayed, keep: null) { Record = _record };

        ModelExecution ropes = Replaying(ModelRun.Empty);
        execution.Run(
            layer => Replaying(new ModelRun { Edits = tape.Restorations(layer) }).Replay(layer, tape.Start(layer)),
            ropes.RopesOf);
    }

    private static GradientTape Fill(GradientTape tape, Action run)
    {
        try
        {
            run();
            return tape;
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }

    private int[] CheckBackward(GradientTape tape, BackwardRun run)
    {
        if (run.Taps.Count == 0)
        {
            throw new ArgumentException("a backward pass needs at least one site to tap", nameof(run));
        }

        foreach (Site site in run.Taps.Select(tap => tap.Site).Concat(run.Edits.Select(edit => edit.Site)))
        {
            Configuration.Check(site);
            if (ModelExecution.Stage(site) < ModelExecution.Stage(tape.Lowest))
            {
                throw new ArgumentException($"the tape was kept from {tape.Lowest} on: gradients at {site} cannot be had; record from there", nameof(run));
            }
        }

        int[] rows = [.. run.Rows ?? [.. Enumerable.Range(0, tape.Batch.TokenCount)]];
        if (rows.Distinct().Count() != rows.Length || rows.Any(row => row < 0 || row >= tape.Batch.TokenCount))
        {
            throw new ArgumentException($"expected rows from 0 to {tape.Batch.TokenCount - 1}, each once", nameof(run));
        }

        return rows;
    }

    /// <summary>From the logits to the residual after the last block: some rows at a time through cap, head and final norm.</summary>
    private void BackThroughHead(WorkTeam team, GradientTape tape, LogitsGradient gradient, int[] rows)
    {
        Matrix residual = _gradients!.Residual;
        residual.RowRange(0, residual.Rows).Clear();
        int step = Math.Min(LogitRows, Math.Max(1, rows.Length));
        using Matrix allNormed = new(step, Configuration.Width);
        using Matrix allLogits = new(step, Configuration.VocabularySize);
        using Matrix allGradients = new(step, Configuration.VocabularySize);
        for (int first = 0; first < rows.Length; first += step)
        {
            int start = first;
            int count = Math.Min(step, rows.Length - first);
            using Matrix normed = allNormed.FirstRows(count);
            using Matrix logits = allLogits.FirstRows(count);
            using Matrix gradients = allGradients.FirstRows(count);
            team.Run(count, i => FinalNorm.Apply(tape.Final.Row(rows[start + i]), normed.Row(i)));
            ComputeLogits(team, normed, logits);
            gradients.RowRange(0, count).Clear();
            gradient(tape.Batch, rows.AsSpan(first, count), logits, gradients);
            if (Configuration.FinalCap is { } cap)
            {
                team.Run(count, i =>
                {
                    // The slope of the cap takes the place of the logits, which nobody needs any more.
                    Span<float> slope = logits.Row(i);
                    Elementary.Apply(new CapSlope(cap), slope, slope);
                    TensorPrimitives.Multiply(gradients.Row(i), slope, gradients.Row(i));
                });
            }

            TransposedProduct.Multiply(team, gradients, Head, normed);
            team.Run(count, i => FinalNorm.Backward(tape.Final.Row(rows[start + i]), normed.Row(i), residual.Row(rows[start + i])));
        }
    }
}
