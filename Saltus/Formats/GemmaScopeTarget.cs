using Saltus.Autoencoders;

namespace Saltus.Formats;

/// <summary>Gemma Scope: `params.npz` with the four weights and thresholds, raw activations in, b_dec not subtracted.</summary>
internal sealed class GemmaScopeTarget : SaeTarget
{
    private const string FileName = "params.npz";

    public override string Name => "gemma-scope";

    public override void Check(SaeWriting writing)
    {
        SparseAutoencoder sae = writing.Sae;
        CheckNoTransform(sae);
        if (sae.Activation is not JumpReluActivation)
        {
            throw CannotHold($"{Describe(sae.Activation)}: its latents have thresholds");
        }

        if (sae.SkipWeights is not null)
        {
            throw CannotHold("a skip connection");
        }

        if (writing.Dtype == TensorDtype.BF16)
        {
            throw CannotHold("bf16: NumPy has no such type");
        }
    }

    public override void Write(string folder, SaeWriting writing)
    {
        SparseAutoencoder sae = writing.Sae;
        float[] encoderBias = sae.EncoderBiases.ToArray(), decoderBias = sae.DecoderBiases.ToArray();
        float[] thresholds = ((JumpReluActivation)sae.Activation).Thresholds;
        if (writing.UnfoldedBias.Length > 0)
        {
            writing.Notes.Add("b_dec is not subtracted from the input: it is folded into the encoder bias");
        }

        if (sae.Metadata.ModelName is not null || sae.Metadata.HookName is not null)
        {
            writing.Notes.Add("model and hook are not kept: Gemma Scope has them in the names of repository and folder only");
        }

        new NpzWriter()
            .Add("W_enc", writing.Dtype, [sae.InputWidth, sae.Latents], writing.EncoderColumns)
            .Add("W_dec", writing.Dtype, [sae.Latents, sae.OutputWidth], (first, values) => SafetensorsWriter.CopyRows(sae.DecoderWeights, first, values))
            .Add("b_enc", writing.Dtype, [sae.Latents], (first, values) => encoderBias.AsSpan((int)first, values.Length).CopyTo(values))
            .Add("b_dec", writing.Dtype, [sae.OutputWidth], (first, values) => decoderBias.AsSpan((int)first, values.Length).CopyTo(values))
            .Add("threshold", writing.Dtype, [sae.Latents], (first, values) => thresholds.AsSpan((int)first, values.Length).CopyTo(values))
            .Write(Path.Combine(folder, FileName));
    }
}
