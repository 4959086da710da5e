using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// The product above floors, and its repetition for the rows whose guessed floors were too high: what a choice of k needs so that it is exact
/// although most of the product is thrown away. Keeps its buffers between calls.
/// </summary>
internal sealed class CandidateEncoder : IDisposable
{
    private const int MostSampledRows = 128;
    private const int LeastSampledRows = 32;

    /// <summary>Entries that a sample looks at, about: half of all, since nothing is known of their floors yet.</summary>
    private const int SampledEntries = 1 << 19;

    private readonly ScreenedEncode _kernel = new();
    private readonly SparseActivations _again = new(0);
    private Matrix _rows = new(0, 0);

    /// <summary>Gets or sets whether to screen in 8-bit integers: a matter of time alone.</summary>
    public ScreenMode Screening
    {
        get => _kernel.Mode;
        set => _kernel.Mode = value;
    }

    /// <summary>Finds the entries above their floors.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Encoder inputs, [B, d].</param>
    /// <param name="weights">[M, d].</param>
    /// <param name="bias">[M].</param>
    /// <param name="floors">[M].</param>
    /// <param name="result">The entries; the value is π.</param>
    public void Encode(WorkTeam team, Matrix x, Matrix weights, ReadOnlyMemory<float> bias, ReadOnlyMemory<float> floors, SparseActivations result) =>
        _kernel.Encode(team, x, weights, bias, floors, result);

    /// <summary>Gets the number of rows of a sample: fewer where there are many latents, so that their entries stay small beside the weights.</summary>
    /// <param name="latents">M.</param>
    /// <param name="rows">B.</param>
    /// <returns>At most B.</returns>
    public static int SampleRows(int latents, int rows) =>
        Math.Min(rows, Math.Clamp(2 * SampledEntries / Math.Max(1, latents), LeastSampledRows, MostSampledRows));

    /// <summary>Finds the entries of a few rows, spread over the batch, above their floors; once a run, so that nothing of it is kept.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Encoder inputs, [B, d].</param>
    /// <param name="weights">[M, d].</param>
    /// <param name="bias">[M].</param>
    /// <param name="floors">[M].</param>
    /// <param name="result">The entries of those rows alone.</param>
    public void EncodeSample(WorkTeam team, Matrix x, Matrix weights, ReadOnlyMemory<float> bias, ReadOnlyMemory<float> floors, SparseActivations result)
    {
        int count = SampleRows(weights.Rows, x.Rows);
        using Matrix rows = new(count, x.Columns);
        for (int i = 0; i < count; i++)
        {
            x.Row((int)((long)i * x.Rows / count)).CopyTo(rows.Row(i));
        }

        using ThresholdEncode kernel = new();
        kernel.Encode(team, rows, weights, bias, floors, result);
    }

    /// <summary>Finds the entries of some rows again, above other floors.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">Encoder inputs, [B, d].</param>
    /// <param name="weights">[M, d].</param>
    /// <param name="bias">[M].</param>
    /// <param name="floors">[M].</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="result">All rows' entries; those rows' are replaced.</param>
    public void EncodeAgain(
        WorkTeam team, Matrix x, Matrix weights, ReadOnlyMemory<float> bias, ReadOnlyMemory<float> floors, ReadOnlySpan<int> rows, SparseActivations result)
    {
        if (rows.Length == x.Rows)
        {
            Encode(team, x, weights, bias, floors, result);
            return;
        }

        Reserve(rows.Length, x.Columns);
        for (int i = 0; i < rows.Length; i++)
        {
            x.Row(rows[i]).CopyTo(_rows.Row(i));
        }

        _again.Latents = weights.Rows;
        _kernel.Encode(team, _rows.LeadingRows(rows.Length), weights, bias, floors, _again);
        result.Replace(rows, _again);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        _rows.Dispose();
    }

    private void Reserve(int rows, int columns)
    {
        if (_rows.Rows < rows || _rows.Columns != columns)
        {
            _rows.Dispose();
            _rows = new Matrix(rows + (rows / 4), columns);
        }
    }
}
