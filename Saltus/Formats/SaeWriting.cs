using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>An SAE on its way into another format.</summary>
/// <param name="loaded">As it was read.</param>
/// <param name="dtype">What the weights are rounded to.</param>
internal sealed class SaeWriting(LoadedSae loaded, TensorDtype dtype)
{
    /// <summary>The SAE of any kind.</summary>
    public SparseCoder Coder => loaded.Sae;

    /// <summary>The SAE, of one product and one rule: all that most formats hold.</summary>
    public SparseAutoencoder Sae => (SparseAutoencoder)loaded.Sae;

    public TensorDtype Dtype { get; } = dtype;

    /// <summary>What was folded or left out.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The encoder bias as its file has it, where the decoder bias is subtracted from the input; empty where nothing is.</summary>
    public float[] UnfoldedBias => loaded.UnfoldedEncoderBias is float[] bias ? bias : [.. loaded.UnfoldedEncoderBias];

    /// <summary>What a SAELens folder held before it was folded; null for nothing.</summary>
    public SaeLensOrigin? SaeLens => loaded.SaeLens;

    public bool IsTranscoder => !Sae.UndoesTransform || Sae.SkipWeights is not null || Sae.OutputWidth != Sae.InputWidth || Sae.Metadata.OutputHookName is not null;

    /// <summary>Whether all thresholds are 0: a plain ReLU.</summary>
    public bool IsRelu => Sae.Activation is JumpReluActivation jump && !jump.Thresholds.AsSpan().ContainsAnyExcept(0f);

    /// <summary>The file of a given name that the SAE was read from, where that was the same format; null for none.</summary>
    public string? Source(string format, string fileName) =>
        Coder.Metadata.SourceFormat == format ? loaded.Files.FirstOrDefault(path => Path.GetFileName(path) == fileName) : null;

    /// <summary>The same as a JSON object; null for none.</summary>
    public JsonFields? SourceConfig(string format, string fileName) => Source(format, fileName) is string path ? JsonFields.Read(path) : null;

    /// <summary>The encoder bias of a format that subtracts the decoder bias from the input: as it was read, else b_enc + W_enc·b_dec.</summary>
    public float[] BiasOfSubtraction()
    {
        if (UnfoldedBias.Length > 0)
        {
            return UnfoldedBias;
        }

        float[] bias = Sae.EncoderBiases.ToArray();
        float[] negative = [.. Sae.DecoderBiases.ToArray().Select(value => -value)];
        SaeFolding.InputBias(Sae.EncoderWeights, bias, negative);
        Notes.Add("the format subtracts b_dec from the input: W_enc·b_dec is added to the encoder bias");
        return bias;
    }

    /// <summary>Elements of W_enc [d, M], row-major.</summary>
    public void EncoderColumns(long first, Span<float> destination)
    {
        if (Sae.EncoderColumns is Matrix columns)
        {
            SafetensorsWriter.CopyRows(columns, first, destination);
        }
        else
        {
            CopyColumns(Sae.EncoderWeights, first, destination);
        }
    }

    /// <summary>Elements of W_decᵀ [d_out, M], row-major.</summary>
    public void DecoderColumns(long first, Span<float> destination) => CopyColumns(Sae.DecoderWeights, first, destination);

    /// <summary>Elements of the transpose [columns, rows] of a matrix, row-major.</summary>
    public static void CopyColumns(Matrix matrix, long first, Span<float> destination)
    {
        (long column, long row) = Math.DivRem(first, matrix.Rows);
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = matrix.Row((int)row)[(int)column];
            if (++row == matrix.Rows)
            {
                (column, row) = (column + 1, 0);
            }
        }
    }
}
