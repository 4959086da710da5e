using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Autoencoders;

/// <summary>
/// What turns vectors into sparse latents and back, for inference: one product and a rule (<see cref="SparseAutoencoder"/>), a pursuit,
/// or attention over what came before. Immutable; owns its matrices; safe to use from several threads.
/// </summary>
public abstract class SparseCoder : IDisposable
{
    /// <summary>Gets the number of latents, M.</summary>
    public abstract int Latents { get; }

    /// <summary>Gets the width of the input, d.</summary>
    public abstract int InputWidth { get; }

    /// <summary>Gets the width of the output, d_out.</summary>
    public abstract int OutputWidth { get; }

    /// <summary>Gets the decoder weights, [M, d_out]: the direction of a latent is a row. Not to be changed: they may lie in a file.</summary>
    public abstract Matrix DecoderWeights { get; }

    /// <summary>Gets what the latents of a vector depend on.</summary>
    public virtual LatentScope Scope => LatentScope.Vector;

    /// <summary>Gets what a file says beside the weights.</summary>
    public SaeMetadata Metadata { get; init; } = new();

    /// <summary>Computes the latents of a batch; where they depend on a sequence, all vectors are one.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <returns>Active latents of each vector.</returns>
    /// <exception cref="ArgumentException">The vectors do not have d columns.</exception>
    public SparseActivations Encode(WorkTeam team, Matrix x) => Encode(team, x, []);

    /// <summary>Computes the latents of a batch of sequences.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="x">Vectors, [B, d], sequence after sequence.</param>
    /// <param name="lengths">Vectors of each sequence; empty for one sequence. Looked at only where <see cref="Scope"/> is a sequence.</param>
    /// <returns>Active latents of each vector.</returns>
    /// <exception cref="ArgumentException">The vectors do not have d columns, or the lengths do not add up to B.</exception>
    public abstract SparseActivations Encode(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths);

    /// <summary>Computes f·W_dec + b_dec, without anything that depends on the input.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="activations">Latents of B vectors.</param>
    /// <param name="output">[B, d_out]; overwritten.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public abstract void Decode(WorkTeam team, SparseActivations activations, Matrix output);

    /// <summary>Undoes on decoded vectors, in place, what was done to the input before it was encoded.</summary>
    /// <param name="x">The vectors that went in, [B, d].</param>
    /// <param name="output">[B, d_out].</param>
    public virtual void Undo(Matrix x, Matrix output)
    {
    }

    /// <summary>Computes what the architecture makes of given latents: all of <see cref="Forward(WorkTeam, Matrix, Matrix)"/> but the encoding.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">The vectors that were encoded, [B, d].</param>
    /// <param name="activations">Their latents, or others in their place.</param>
    /// <param name="output">Reconstruction or target, [B, d_out]; overwritten.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public virtual void Reconstruct(WorkTeam team, Matrix x, SparseActivations activations, Matrix output)
    {
        Decode(team, activations, output);
        Undo(x, output);
    }

    /// <summary>Gets what a latent's decoder direction is multiplied by on its way to the output of one vector: 1 but for per-token norms.</summary>
    /// <param name="x">The vector that went in, [d].</param>
    /// <returns>The factor.</returns>
    public virtual double OutputScale(ReadOnlySpan<float> x) => 1;

    /// <summary>Computes the whole forward pass; where latents depend on a sequence, all vectors are one.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d].</param>
    /// <param name="output">Reconstruction or target, [B, d_out]; overwritten.</param>
    /// <returns>The latents.</returns>
    public SparseActivations Forward(WorkTeam team, Matrix x, Matrix output) => Forward(team, x, [], output);

    /// <summary>Computes the whole forward pass: encode, decode, and what the architecture adds to it.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d], sequence after sequence.</param>
    /// <param name="lengths">Vectors of each sequence; empty for one sequence.</param>
    /// <param name="output">Reconstruction or target, [B, d_out]; overwritten.</param>
    /// <returns>The latents.</returns>
    public abstract SparseActivations Forward(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths, Matrix output);

    /// <summary>Computes the pre-activations π densely, [B, M]: for comparisons, not for work on large batches.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Vectors, [B, d], sequence after sequence.</param>
    /// <param name="lengths">Vectors of each sequence; empty for one sequence.</param>
    /// <returns>π before any choice, which the caller disposes; zeros where the architecture has none.</returns>
    public abstract Matrix PreActivations(WorkTeam team, Matrix x, ReadOnlySpan<int> lengths);

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what a derived type owns.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> called.</param>
    protected abstract void Dispose(bool disposing);

    /// <summary>Checks the width of vectors.</summary>
    /// <param name="x">Vectors.</param>
    /// <exception cref="ArgumentException">They do not have d columns.</exception>
    private protected void CheckWidth(Matrix x)
    {
        if (x.Columns != InputWidth)
        {
            throw new ArgumentException($"vectors have {x.Columns} columns, the SAE expects {InputWidth}", nameof(x));
        }
    }

    /// <summary>Checks the shapes of a decoding.</summary>
    /// <param name="activations">Latents.</param>
    /// <param name="output">Where they go.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    private protected void CheckDecoding(SparseActivations activations, Matrix output)
    {
        if (activations.Latents != Latents || output.Rows != activations.Rows || output.Columns != OutputWidth)
        {
            throw new ArgumentException(
                $"shape mismatch: latents [{activations.Rows}, {activations.Latents}], output [{output.Rows}, {output.Columns}], SAE [{Latents}, {OutputWidth}]");
        }
    }
}
