using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>
/// A temporal SAE (arXiv 2511.01836): attention over the codes of a sequence predicts what a vector shares with those before it; the latents
/// are those of what is left, r: relu(λ·r·E), λ = 1/(4d), the largest k of them where it is a TopK one. A layer's prediction p moves
/// c = (y·r)/(‖y‖ + 1e-6)² of y = p·D out of r. The output is the sum of both codes, decoded.
/// </summary>
public sealed class TemporalAutoencoder : SparseCoder
{
    private const double Epsilon = 1e-6;
    private readonly Matrix? _encoderWeights;
    private readonly float[] _decoderBias;
    private readonly TemporalAttention[] _layers;
    private readonly float _lambda;

    /// <summary>Takes over the given weights.</summary>
    /// <param name="encoderWeights">[M, d]; null where the encoder is the decoder's transpose.</param>
    /// <param name="decoderWeights">[M, d].</param>
    /// <param name="decoderBias">[d].</param>
    /// <param name="layers">Attention layers, in order.</param>
    /// <param name="options">What else it is.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public TemporalAutoencoder(
        Matrix? encoderWeights, Matrix decoderWeights, float[] decoderBias, IReadOnlyList<TemporalAttention> layers, TemporalOptions options)
    {
        if (decoderBias.Length != decoderWeights.Columns || (encoderWeights is not null && (encoderWeights.Rows, encoderWeights.Columns) != (decoderWeights.Rows, decoderWeights.Columns)))
        {
            throw new ArgumentException($"shape mismatch: decoder [{decoderWeights.Rows}, {decoderWeights.Columns}], its bias [{decoderBias.Length}]");
        }

        if (options.Heads < 1 || decoderWeights.Rows % options.Heads != 0 || layers.Any(layer => layer.QueryWidth % options.Heads != 0))
        {
            throw new ArgumentException($"{options.Heads} heads do not divide {decoderWeights.Rows} latents and the width of the queries");
        }

        _encoderWeights = encoderWeights;
        DecoderWeights = decoderWeights;
        _decoderBias = decoderBias;
        _layers = [.. layers];
        _lambda = (float)(1.0 / (4 * decoderWeights.Columns));
        Options = options;
    }

    /// <summary>Gets the encoder, [M, d]; null where it is the decoder's transpose.</summary>
    internal Matrix? EncoderWeights => _encoderWeights;

    /// <summary>Gets the decoder bias, [d].</summary>
    internal float[] DecoderBias => _decoderBias;

    /// <summary>Gets the attention layers, in order.</summary>
    internal IReadOnlyList<TemporalAttention> Layers => _layers;

    /// <summary>Gets what it is beside its weights.</summary>
    public TemporalOptions Options { get; }

    /// <inheritdoc/>
    public override LatentScope Scope => LatentScope.Sequence;

    /// <inheritdoc/>
    public override int Latents => DecoderWeights.Rows;

    /// <inheritdoc/>
    public override int InputWidth => DecoderWeights.Columns;

    /// <inheritdoc/>
    public override int OutputWidth => DecoderWeights.Columns;

    /// <inheritdoc/>
    public override Matrix DecoderWeights { get; }

    private Matrix Encoder => _encoderWeights ?? DecoderWeights;

    /// <inheritdoc/>
    public override SparseActivations Encode(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths)
    {
        using Matrix rest = Predict(team, x, lengths, predicted: null);
        return Novel(team, rest);
    }

    /// <inheritdoc/>
    /// <remarks>Decodes the novel latents alone; <see cref="Forward"/> adds what was predicted.</remarks>
    public override void Decode(WorkTeam team, SparseActivations activations, Matrix output)
    {
        CheckDecoding(activations, output);
        float[] bias = Options.AddsBias ? _decoderBias : new float[OutputWidth];
        team.Run(output.Rows, row => SparseDecode.Row(activations.LatentsOf(row), activations.ValuesOf(row), DecoderWeights, bias, output.Row(row)));
    }

    /// <inheritdoc/>
    public override void Undo(Matrix x, Matrix output)
    {
        for (int row = 0; row < output.Rows; row++)
        {
            TensorPrimitives.Divide(output.Row(row), (float)Options.Scale, output.Row(row));
        }

        InputTransforms.Undo(Options.Transform, x, output);
    }

    /// <inheritdoc/>
    public override SparseActivations Forward(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths, Matrix output)
    {
        using Matrix predicted = new(x.Rows, x.Columns);
        using Matrix rest = Predict(team, x, lengths, predicted);
        SparseActivations novel = Novel(team, rest);
        Decode(team, novel, output);
        for (int row = 0; row < output.Rows; row++)
        {
            TensorPrimitives.Add(output.Row(row), predicted.Row(row), output.Row(row));
        }

        Undo(x, output);
        return novel;
    }

    /// <inheritdoc/>
    public override Matrix PreActivations(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths)
    {
        using Matrix rest = Predict(team, x, lengths, predicted: null);
        return Codes(team, rest);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _encoderWeights?.Dispose();
        DecoderWeights.Dispose();
        foreach (TemporalAttention layer in _layers)
        {
            layer.Dispose();
        }
    }

    /// <summary>λ·r·E.</summary>
    private Matrix Codes(WorkTeam team, Matrix rest)
    {
        Matrix codes = new(rest.Rows, Latents);
        MatMul.Multiply(team, rest, new MatrixRows(Encoder), codes);
        team.Run(codes.Rows, row => TensorPrimitives.Multiply(codes.Row(row), _lambda, codes.Row(row)));
        return codes;
    }

    private SparseActivations Novel(WorkTeam team, Matrix rest)
    {
        using Matrix codes = Codes(team, rest);
        Activation activation = Options.TopK is int k ? new TopKActivation(k, TopKRelu.Before) : new TopKActivation(Latents, TopKRelu.Before);
        (int Latent, float Value)[][] rows = new (int, float)[codes.Rows][];
        team.Run(codes.Rows, row => rows[row] = Selection.Choose(codes.Row(row), activation));
        SparseActivations result = new(Latents);
        result.Shape(Array.ConvertAll(rows, row => row.Length));
        for (int row = 0; row < rows.Length; row++)
        {
            for (int i = 0; i < rows[row].Length; i++)
            {
                (result.MutableLatentsOf(row)[i], result.ValuesOf(row)[i]) = rows[row][i];
            }
        }

        return result;
    }

    /// <summary>What the layers leave of the input; what they took out, as a vector, is added to <paramref name="predicted"/>.</summary>
    private Matrix Predict(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths, Matrix? predicted)
    {
        CheckWidth(x);
        int[] sequences = lengths.IsEmpty ? [x.Rows] : lengths.ToArray();
        if (sequences.Sum() != x.Rows || Array.Exists(sequences, length => length < 0))
        {
            throw new ArgumentException($"sequences of {sequences.Sum()} vectors in all for {x.Rows}", nameof(lengths));
        }

        Matrix rest = InputTransforms.Apply(Options.Transform, x);
        for (int row = 0; row < rest.Rows; row++)
        {
            TensorPrimitives.Multiply(rest.Row(row), (float)Options.Scale, rest.Row(row));
            if (Options.SubtractsBias)
            {
                TensorPrimitives.Subtract(rest.Row(row), _decoderBias, rest.Row(row));
            }
        }

        foreach (TemporalAttention layer in _layers)
        {
            using Matrix codes = Codes(team, rest);
            Rectify(codes);
            using Matrix prediction = layer.Predict(team, codes, sequences, Options.Heads);
            Rectify(prediction);
            team.Run(rest.Rows, row => Remove(prediction.Row(row), rest.Row(row), predicted is null ? [] : predicted.Row(row)));
        }

        return rest;
    }

    private static void Rectify(Matrix codes)
    {
        for (int row = 0; row < codes.Rows; row++)
        {
            TensorPrimitives.Max(codes.Row(row), 0f, codes.Row(row));
        }
    }

    private void Remove(ReadOnlySpan<float> prediction, Span<float> rest, Span<float> predicted)
    {
        float[] direction = new float[rest.Length];
        for (int latent = 0; latent < prediction.Length; latent++)
        {
            if (prediction[latent] > 0)
            {
                Axpy.Add(prediction[latent], DecoderWeights.Row(latent), direction);
            }
        }

        double norm = Math.Sqrt(Reductions.SumOfSquaresInDouble(direction)) + Epsilon;
        float share = (float)(Reductions.DotInDouble(direction, rest) / (norm * norm));
        Axpy.Add(-share, direction, rest);
        if (!predicted.IsEmpty)
        {
            Axpy.Add(share, direction, predicted);
        }
    }
}
