using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// The strongest paths from latents of one SAE through latents of another, in a later place of the model, to a logit difference m. A latent v
/// with activation f_v and attribution a_v passes on a_v/f_v · ∇f_v, f_v's gradient being its encoder weights; what arrives at the lower SAE's
/// place is shared out there as in <see cref="LatentAttribution"/>. One backward pass for each upper latent.
/// </summary>
public sealed class PathAttribution
{
    private readonly PlacedSae _lower;
    private readonly PlacedSae _upper;
    private readonly SparseAutoencoder _upperSae;

    /// <summary>Takes two SAEs of one model.</summary>
    /// <param name="lower">The SAE of the earlier place.</param>
    /// <param name="upper">The SAE of the later place.</param>
    /// <exception cref="InputException">
    /// The upper SAE does not read what comes after the lower one, or its latents are no linear function of the vector where they are active.
    /// </exception>
    public PathAttribution(PlacedSae lower, PlacedSae upper)
    {
        ArgumentNullException.ThrowIfNull(lower);
        ArgumentNullException.ThrowIfNull(upper);
        if (ModelExecution.Stage(upper.Site) <= ModelExecution.Stage(lower.Target))
        {
            throw new InputException(
                $"second SAE: expected one that reads what is computed after {lower.Target}, got one at {upper.Site}; give the lower one first");
        }

        if (upper.Sae is not SparseAutoencoder { Transform: InputTransform.None } linear)
        {
            throw new InputException(
                "second SAE: expected one whose latents are linear in the vector where they are active, found matching pursuit or per-token norms; "
                + "paths need that");
        }

        _lower = lower;
        _upper = upper;
        _upperSae = linear;
    }

    /// <summary>Finds paths.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="ids">The sequence.</param>
    /// <param name="counted">Which positions are encoded, [length].</param>
    /// <param name="difference">What is explained.</param>
    /// <param name="upperNodes">How many of the upper latents with the largest attributions are gone through.</param>
    /// <param name="paths">How many paths are kept.</param>
    /// <param name="cancellation">Ends the work between passes.</param>
    /// <returns>The paths of the largest weights of either sign, largest first.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public IReadOnlyList<AttributionPath> Run(
        WorkTeam team, int[] ids, bool[] counted, LogitDifference difference, int upperNodes, int paths, CancellationToken cancellation = default)
    {
        IReadOnlyList<LatentNode> nodes = new LatentAttribution(_upper).Run(team, ids, counted, difference, new AttributionOptions()).Strongest(upperNodes);
        TokenBatch batch = new([ids]);
        int[] rows = [.. Enumerable.Range(0, ids.Length).Where(position => counted[position])];
        using SpliceVectors vectors = _lower.Read(team, batch, rows);
        SparseActivations activations = _lower.Encode(team, vectors.Inputs);
        using Matrix error = vectors.Targets.Clone();
        if (rows.Length > 0)
        {
            using Matrix reconstruction = new(rows.Length, error.Columns);
            _lower.Sae.Reconstruct(team, vectors.Inputs, activations, reconstruction);
            System.Numerics.Tensors.TensorPrimitives.Subtract(error.Span, reconstruction.Span, error.Span);
        }

        using GradientTape tape = _lower.Model.RecordFrom(team, vectors.Point);
        List<AttributionPath> found = [];
        foreach (LatentNode node in nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            using Matrix gradient = Gradient(team, tape, node);
            AddPaths(found, node, rows, vectors.Inputs, activations, error, gradient);
        }

        return
        [
            .. found.OrderByDescending(path => Math.Abs(path.Weight)).ThenBy(path => path.LowerPosition).ThenBy(path => path.LowerLatent ?? -1)
                .ThenBy(path => path.Upper.Position).ThenBy(path => path.Upper.Latent).Take(paths),
        ];
    }

    /// <summary>The gradient of an upper latent, times what a unit of it is worth, at the lower SAE's place.</summary>
    private Matrix Gradient(WorkTeam team, GradientTape tape, LatentNode node)
    {
        float worth = (float)(node.Attribution / node.Activation);
        Matrix? result = null;
        Edit seed = new(_upper.Site, (_, gradient) =>
        {
            gradient.Span.Clear();
            Span<float> row = gradient.Row(node.Position);
            _upperSae.ReadEncoderRow(node.Latent, row);
            System.Numerics.Tensors.TensorPrimitives.Multiply(row, worth, row);
        });
        _lower.Model.Backward(team, tape, (_, _, _, _) => { }, new BackwardRun
        {
            Taps = [new Tap(_lower.Target, (_, gradient) => result = gradient.Clone())],
            Edits = [seed],
            Rows = [0],
        });
        return result!;
    }

    private void AddPaths(
        List<AttributionPath> found, LatentNode node, int[] rows, Matrix inputs, SparseActivations activations, Matrix error, Matrix gradient)
    {
        for (int i = 0; i < rows.Length && rows[i] <= node.Position; i++)
        {
            ReadOnlySpan<float> g = gradient.Row(rows[i]);
            double scale = _lower.Sae.OutputScale(inputs.Row(i));
            ReadOnlySpan<int> latents = activations.LatentsOf(i);
            for (int entry = 0; entry < latents.Length; entry++)
            {
                double weight = activations.ValuesOf(i)[entry] * scale * Reductions.DotInDouble(_lower.Sae.DecoderWeights.Row(latents[entry]), g);
                found.Add(new AttributionPath(rows[i], latents[entry], node, weight));
            }

            found.Add(new AttributionPath(rows[i], null, node, Reductions.DotInDouble(error.Row(i), g)));
        }
    }
}
