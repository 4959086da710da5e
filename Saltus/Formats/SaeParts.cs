using System.Numerics.Tensors;
using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// An SAE while it is being read: weights as the file has them, changed step by step into our form. Owns its matrices until
/// <see cref="Build"/> hands them over. Every step leaves a note.
/// </summary>
internal sealed class SaeParts : IDisposable
{
    private bool _isBuilt;

    /// <summary>[M, d]; [d, M] where <see cref="EncoderIsColumns"/>.</summary>
    public required Matrix Encoder { get; set; }

    /// <summary>Whether the encoder lies in a mapped file as [d, M].</summary>
    public bool EncoderIsColumns { get; set; }

    /// <summary>[M].</summary>
    public required float[] EncoderBias { get; set; }

    /// <summary>[M, d_out].</summary>
    public required Matrix Decoder { get; set; }

    /// <summary>[d_out].</summary>
    public required float[] DecoderBias { get; set; }

    /// <summary>[d_out, d]; null without a skip connection.</summary>
    public Matrix? Skip { get; set; }

    public InputTransform Transform { get; set; }

    public bool IsTranscoder { get; set; }

    public bool RectifiesPreActivations { get; set; }

    public List<string> Notes { get; } = [];

    public float[] FoldedDecoderNorms { get; private set; } = [];

    /// <summary>
    /// The encoder bias with which the decoder bias, as it is now, would be subtracted from the input: before it went into the encoder bias, and changed as the weights
    /// were since; empty where nothing is subtracted.
    /// </summary>
    public float[] UnfoldedEncoderBias { get; private set; } = [];

    /// <summary>What is subtracted from the input before the encoder goes into the encoder bias.</summary>
    public void FoldInputBias(ReadOnlySpan<float> bias, string note)
    {
        UnfoldedEncoderBias = bias.SequenceEqual(DecoderBias) ? (float[])EncoderBias.Clone() : [];
        if (EncoderIsColumns)
        {
            SaeFolding.InputBiasOfColumns(Encoder, EncoderBias, bias);
        }
        else
        {
            SaeFolding.InputBias(Encoder, EncoderBias, bias);
        }

        Notes.Add(note);
    }

    /// <summary>Decoder norms go into the encoder: for a choice among latents that weighs them by the length of what they write.</summary>
    public void FoldDecoderNorms()
    {
        CheckOwned();
        FoldedDecoderNorms = SaeFolding.DecoderNorms(Encoder, EncoderBias, Decoder);
        for (int latent = 0; latent < UnfoldedEncoderBias.Length; latent++)
        {
            UnfoldedEncoderBias[latent] *= FoldedDecoderNorms[latent];
        }

        Notes.Add("activations are rescaled by decoder norms: folded, decoder rows are of unit length");
    }

    /// <summary>Inputs × s going in, outputs ÷ s coming out; latents and thresholds stay in units of the scaled input.</summary>
    public void FoldScale(double scale) => FoldScale(scale, scale);

    /// <summary>Inputs × s going in, outputs ÷ s' coming out.</summary>
    public void FoldScale(double scale, double outputScale)
    {
        CheckOwned();

        // In float32, as PyTorch does it, so that the bits are the same. (s·x − b)·w = (x − b/s)·(s·w): the decoder bias is divided too, so that the encoder bias beside it stays.
        UnfoldedEncoderBias = scale == outputScale ? UnfoldedEncoderBias : [];
        SaeFolding.Scale(Encoder, (float)scale);
        for (int latent = 0; latent < Decoder.Rows; latent++)
        {
            TensorPrimitives.Divide(Decoder.Row(latent), (float)outputScale, Decoder.Row(latent));
        }

        TensorPrimitives.Divide(DecoderBias, (float)outputScale, DecoderBias);
        Notes.Add(FormattableString.Invariant($"inputs are multiplied by {scale:G9}, outputs divided by {outputScale:G9}: folded"));
    }

    /// <summary>Hands the weights over.</summary>
    public LoadedSae Build(Activation activation, SaeMetadata metadata)
    {
        SparseAutoencoder sae = new(Encoder, EncoderIsColumns, EncoderBias, Decoder, DecoderBias, activation)
        {
            Transform = Transform,
            UndoesTransform = !IsTranscoder,
            SkipWeights = Skip,
            Metadata = metadata,
        };
        _isBuilt = true;
        if (sae.IsMapped)
        {
            Notes.Add("weights stay in the file: their values and checksum are not looked at on opening");
        }

        return new LoadedSae(sae, Notes) { FoldedDecoderNorms = FoldedDecoderNorms, RectifiesPreActivations = RectifiesPreActivations, UnfoldedEncoderBias = UnfoldedEncoderBias };
    }

    /// <summary>Guards memory that is not ours: writing to a mapped file would end the process.</summary>
    private void CheckOwned()
    {
        if (Encoder.IsMapped || Decoder.IsMapped)
        {
            throw new InvalidOperationException("weights that stay in their file cannot be changed");
        }
    }

    public void Dispose()
    {
        if (!_isBuilt)
        {
            Encoder.Dispose();
            Decoder.Dispose();
            Skip?.Dispose();
        }
    }
}
