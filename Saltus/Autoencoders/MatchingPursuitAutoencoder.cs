using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>
/// Matching pursuit: the latent whose direction w is most like what is left of the vector, r, gets relu(r·w) more, and r loses that much of
/// w; again and again. A latent may be picked twice. It ends for a vector when ‖r‖ falls below a threshold, when a step left the set of
/// active latents as it was (that step counts), or at a number of steps.
/// </summary>
public sealed class MatchingPursuitAutoencoder : SparseCoder
{
    private readonly float[] _decoderBias;

    /// <summary>Takes over the given weights.</summary>
    /// <param name="decoderWeights">[M, d]; the encoder is its transpose.</param>
    /// <param name="decoderBias">[d].</param>
    /// <param name="options">When it ends, and what it does with the bias.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public MatchingPursuitAutoencoder(Matrix decoderWeights, float[] decoderBias, MatchingPursuitOptions options)
    {
        options.Validate();
        if (decoderBias.Length != decoderWeights.Columns)
        {
            throw new ArgumentException($"shape mismatch: decoder [{decoderWeights.Rows}, {decoderWeights.Columns}], its bias [{decoderBias.Length}]");
        }

        DecoderWeights = decoderWeights;
        _decoderBias = decoderBias;
        Options = options;
    }

    /// <summary>Gets when the pursuit ends.</summary>
    public MatchingPursuitOptions Options { get; }

    /// <summary>Gets the decoder bias for a writer, which reads it later.</summary>
    internal float[] DecoderBias => _decoderBias;

    /// <summary>Gets the decoder bias, [d].</summary>
    public ReadOnlySpan<float> DecoderBiases => _decoderBias;

    /// <inheritdoc/>
    public override int Latents => DecoderWeights.Rows;

    /// <inheritdoc/>
    public override int InputWidth => DecoderWeights.Columns;

    /// <inheritdoc/>
    public override int OutputWidth => DecoderWeights.Columns;

    /// <inheritdoc/>
    public override Matrix DecoderWeights { get; }

    /// <inheritdoc/>
    public override SparseActivations Encode(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths)
    {
        CheckWidth(x);
        using Matrix rest = InputTransforms.Apply(Options.Transform, x);
        for (int row = 0; Options.UsesBias && row < rest.Rows; row++)
        {
            TensorPrimitives.Subtract(rest.Row(row), _decoderBias, rest.Row(row));
        }

        SortedDictionary<int, float>[] found = [.. Enumerable.Range(0, x.Rows).Select(_ => new SortedDictionary<int, float>())];
        int[] going = [.. Enumerable.Range(0, x.Rows)];
        int steps = Options.MaxSteps ?? InputWidth;
        for (int step = 0; step < steps && going.Length > 0; step++)
        {
            bool[] isDone = Step(team, rest, going, found);
            going = [.. going.Where((_, i) => !isDone[i])];
        }

        return Collect(found);
    }

    /// <inheritdoc/>
    public override void Decode(WorkTeam team, SparseActivations activations, Matrix output)
    {
        CheckDecoding(activations, output);
        float[] bias = Options.UsesBias ? _decoderBias : new float[OutputWidth];
        team.Run(output.Rows, row => SparseDecode.Row(activations.LatentsOf(row), activations.ValuesOf(row), DecoderWeights, bias, output.Row(row)));
    }

    /// <inheritdoc/>
    public override void Undo(Matrix x, Matrix output) => InputTransforms.Undo(Options.Transform, x, output);

    /// <inheritdoc/>
    public override SparseActivations Forward(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths, Matrix output)
    {
        SparseActivations activations = Encode(team, x, lengths);
        Reconstruct(team, x, activations, output);
        return activations;
    }

    /// <inheritdoc/>
    public override double OutputScale(ReadOnlySpan<float> x) => InputTransforms.OutputScale(Options.Transform, x);

    /// <summary>There is no one pre-activation a latent: zeros, as SAELens's training class has them.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <param name="lengths">Not looked at.</param>
    /// <returns>Zeros, [B, M]; the caller disposes them.</returns>
    public override Matrix PreActivations(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths) => new(x.Rows, Latents);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => DecoderWeights.Dispose();

    /// <summary>One step of the vectors that still go on; which of them are done.</summary>
    private bool[] Step(WorkTeam team, Matrix rest, int[] going, SortedDictionary<int, float>[] found)
    {
        using Matrix now = new(going.Length, rest.Columns);
        for (int i = 0; i < going.Length; i++)
        {
            rest.Row(going[i]).CopyTo(now.Row(i));
        }

        using Matrix likeness = new(going.Length, Latents);
        MatMul.Multiply(team, now, new MatrixRows(DecoderWeights), likeness);
        bool[] isDone = new bool[going.Length];
        team.Run(going.Length, i =>
        {
            Span<float> left = rest.Row(going[i]);
            SortedDictionary<int, float> active = found[going[i]];
            (int best, float value) = Largest(likeness.Row(i));
            bool isKnown = value == 0 || active.ContainsKey(best);
            if (value > 0)
            {
                active[best] = active.GetValueOrDefault(best) + value;
                Axpy.Add(-value, DecoderWeights.Row(best), left);
            }

            double norm = Math.Sqrt(Reductions.SumOfSquaresInDouble(left));
            isDone[i] = (Options.StopsOnSameSupport && isKnown) || norm < Options.ResidualThreshold;
        });
        return isDone;
    }

    /// <summary>The largest value and its index, the first of equals; (0, 0) where none is positive.</summary>
    private static (int Latent, float Value) Largest(ReadOnlySpan<float> values)
    {
        (int latent, float value) = (0, 0f);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] > value)
            {
                (latent, value) = (i, values[i]);
            }
        }

        return (latent, value);
    }

    private SparseActivations Collect(SortedDictionary<int, float>[] found)
    {
        SparseActivations result = new(Latents);
        result.Shape(Array.ConvertAll(found, active => active.Count));
        for (int row = 0; row < found.Length; row++)
        {
            int i = 0;
            foreach ((int latent, float value) in found[row])
            {
                result.MutableLatentsOf(row)[i] = latent;
                result.ValuesOf(row)[i++] = value;
            }
        }

        return result;
    }
}
