using System.Numerics.Tensors;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>
/// A trained sparse autoencoder or transcoder, for inference: π = x·W_encᵀ + b_enc, f = activation(π), x̂ = f·W_dec + b_dec (+ x·W_skipᵀ).
/// A pre-encoder bias is folded into the encoder bias, scales into the weights; what cannot be folded is <see cref="Transform"/>.
/// Immutable; owns its matrices; safe to use from several threads.
/// </summary>
public sealed class SparseAutoencoder : SparseCoder
{
    private readonly Encoder _encoder;
    private readonly Lock _turning = new();
    private Matrix? _encoderWeights;

    /// <summary>Takes over the given matrices.</summary>
    /// <param name="encoderWeights">[M, d]: the weights of a latent lie together.</param>
    /// <param name="encoderBias">[M].</param>
    /// <param name="decoderWeights">[M, d_out]: the direction of a latent is a row.</param>
    /// <param name="decoderBias">[d_out].</param>
    /// <param name="activation">What turns pre-activations into latents.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or k is outside 1 … M.</exception>
    public SparseAutoencoder(Matrix encoderWeights, float[] encoderBias, Matrix decoderWeights, float[] decoderBias, Activation activation)
        : this(encoderWeights, isColumns: false, encoderBias, decoderWeights, decoderBias, activation)
    {
    }

    /// <summary>Takes over the given matrices; the encoder may lie as [d, M].</summary>
    internal SparseAutoencoder(Matrix encoder, bool isColumns, float[] encoderBias, Matrix decoderWeights, float[] decoderBias, Activation activation)
    {
        _encoderWeights = isColumns ? null : encoder;
        EncoderColumns = isColumns ? encoder : null;
        EncoderBias = encoderBias;
        DecoderWeights = decoderWeights;
        DecoderBias = decoderBias;
        Activation = activation;
        int latents = isColumns ? encoder.Columns : encoder.Rows;
        if (encoderBias.Length != latents || decoderWeights.Rows != latents || decoderBias.Length != decoderWeights.Columns)
        {
            throw new ArgumentException(
                $"shape mismatch: encoder [{latents}, {(isColumns ? encoder.Rows : encoder.Columns)}], its bias [{encoderBias.Length}], " +
                $"decoder [{decoderWeights.Rows}, {decoderWeights.Columns}], its bias [{decoderBias.Length}]");
        }

        CheckActivation(activation, latents);
        _encoder = new Encoder(this);
    }

    /// <summary>Gets the encoder weights, [M, d]: where a file holds them the other way round, a copy that is made when it is first asked for.</summary>
    public Matrix EncoderWeights
    {
        get
        {
            lock (_turning)
            {
                return _encoderWeights ??= EncoderColumns!.Transpose();
            }
        }
    }

    /// <summary>Gets whether weights lie in a mapped file.</summary>
    public bool IsMapped => EncoderColumns is not null || _encoderWeights!.IsMapped || DecoderWeights.IsMapped;

    /// <summary>Gets the encoder weights as [d, M] where they lie so in a mapped file; null where they are rows.</summary>
    internal Matrix? EncoderColumns { get; }

    /// <summary>Gets the encoder weights, whichever way they lie.</summary>
    internal IWeightRows EncoderRows => EncoderColumns is null ? new MatrixRows(EncoderWeights) : new MatrixColumns(EncoderColumns, 0, Latents);

    /// <summary>Gets the encoder bias, [M].</summary>
    public ReadOnlySpan<float> EncoderBiases => EncoderBias;

    /// <inheritdoc/>
    public override Matrix DecoderWeights { get; }

    /// <summary>Gets the decoder bias, [d_out].</summary>
    public ReadOnlySpan<float> DecoderBiases => DecoderBias;

    /// <summary>Gets what turns pre-activations into latents.</summary>
    public Activation Activation { get; }

    /// <summary>Gets what is done to vectors on the way in and undone on the way out.</summary>
    public InputTransform Transform { get; init; }

    /// <summary>Gets whether the transform is undone on the way out: yes for autoencoders, no for transcoders.</summary>
    public bool UndoesTransform { get; init; } = true;

    /// <summary>Gets the skip connection W_skip [d_out, d] of a transcoder; null without one.</summary>
    public Matrix? SkipWeights { get; init; }

    /// <inheritdoc/>
    public override int Latents => EncoderBias.Length;

    /// <inheritdoc/>
    public override int InputWidth => EncoderColumns?.Rows ?? _encoderWeights!.Columns;

    /// <inheritdoc/>
    public override int OutputWidth => DecoderWeights.Columns;

    /// <inheritdoc/>
    public override LatentScope Scope => Activation is BatchTopKActivation ? LatentScope.Batch : LatentScope.Vector;

    /// <summary>Gets the encoder bias itself, [M]; not to be changed.</summary>
    internal float[] EncoderBias { get; }

    /// <summary>Gets the decoder bias itself, [d_out]; not to be changed.</summary>
    internal float[] DecoderBias { get; }

    /// <summary>Reads the encoder weights of one latent, whichever way they lie.</summary>
    /// <param name="latent">Its index.</param>
    /// <param name="destination">[d].</param>
    public void ReadEncoderRow(int latent, Span<float> destination) => EncoderRows.ReadRows(latent, 1, destination);

    /// <inheritdoc/>
    public override SparseActivations Encode(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths)
    {
        CheckWidth(x);
        return _encoder.Encode(team, x);
    }

    /// <inheritdoc/>
    public override void Decode(WorkTeam team, SparseActivations activations, Matrix output)
    {
        CheckDecoding(activations, output);
        team.Run(output.Rows, row =>
            SparseDecode.Row(activations.LatentsOf(row), activations.ValuesOf(row), DecoderWeights, DecoderBias, output.Row(row)));
    }

    /// <inheritdoc/>
    public override void Undo(Matrix x, Matrix output)
    {
        if (UndoesTransform)
        {
            InputTransforms.Undo(Transform, x, output);
        }
    }

    /// <inheritdoc/>
    public override double OutputScale(ReadOnlySpan<float> x) => UndoesTransform ? InputTransforms.OutputScale(Transform, x) : 1;

    /// <summary>Computes the whole forward pass: encode, decode, skip connection, transform undone.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <param name="lengths">Not looked at.</param>
    /// <param name="output">Reconstruction or target, [B, d_out]; overwritten.</param>
    /// <returns>The latents.</returns>
    public override SparseActivations Forward(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths, Matrix output)
    {
        SparseActivations activations = Encode(team, x);
        Reconstruct(team, x, activations, output);
        return activations;
    }

    /// <inheritdoc/>
    public override void Reconstruct(WorkTeam team, Matrix x, SparseActivations activations, Matrix output)
    {
        Decode(team, activations, output);
        if (SkipWeights is not null)
        {
            using Matrix skip = new(x.Rows, OutputWidth);
            MatMul.Multiply(team, x, new MatrixRows(SkipWeights), skip);
            for (int row = 0; row < x.Rows; row++)
            {
                TensorPrimitives.Add(output.Row(row), skip.Row(row), output.Row(row));
            }
        }

        Undo(x, output);
    }

    /// <summary>Computes the pre-activations π densely, [B, M]: for comparisons, not for work on large batches.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <returns>π before any threshold; the caller disposes it.</returns>
    public Matrix PreActivations(WorkTeam team, Matrix x) => _encoder.PreActivations(team, x);

    /// <inheritdoc/>
    public override Matrix PreActivations(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths) => _encoder.PreActivations(team, x);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        EncoderColumns?.Dispose();
        _encoderWeights?.Dispose();
        DecoderWeights.Dispose();
        SkipWeights?.Dispose();
    }

    private static void CheckActivation(Activation activation, int latents)
    {
        int k = activation switch
        {
            JumpReluActivation jump when jump.Thresholds.Length != latents => throw new ArgumentException($"{jump.Thresholds.Length} thresholds for {latents} latents"),
            TopKActivation top => top.K,
            AbsTopKActivation top => top.K,
            BatchTopKActivation top when !(top.K > 0 && top.K <= latents) => throw new ArgumentException($"k is {top.K}, expected above 0 and at most {latents}"),
            GroupMaxActivation group when group.K < 1 || latents % group.K != 0 => throw new ArgumentException($"{group.K} groups do not divide {latents} latents"),
            _ => 1,
        };
        if (k < 1 || k > latents)
        {
            throw new ArgumentException($"k is {k}, expected 1 … {latents}");
        }
    }
}
