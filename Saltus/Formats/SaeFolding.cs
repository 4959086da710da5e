using Saltus.Tensors;

namespace Saltus.Formats;

/// <summary>
/// Brings the conventions of other tools into the one form π = x·W_encᵀ + b_enc, f = activation(π), x̂ = f·W_dec + b_dec: once, on
/// loading, in double, so that nothing downstream has to know. Encoder weights are [M, d], decoder weights [M, d_out]; all in place.
/// </summary>
internal static class SaeFolding
{
    /// <summary>(x − b)·Wᵀ + c = x·Wᵀ + (c − W·b): the bias that is subtracted from the input goes into the encoder bias.</summary>
    public static void InputBias(Matrix encoder, float[] encoderBias, ReadOnlySpan<float> inputBias)
    {
        for (int latent = 0; latent < encoder.Rows; latent++)
        {
            ReadOnlySpan<float> weights = encoder.Row(latent);
            double sum = encoderBias[latent];
            for (int i = 0; i < weights.Length; i++)
            {
                sum -= (double)weights[i] * inputBias[i];
            }

            encoderBias[latent] = (float)sum;
        }
    }

    /// <summary>
    /// Top-k over π·‖decoder row‖, decoded with unit rows: norms move from the decoder into the encoder. A row of zeros stays zero and
    /// its latent is never chosen before another.
    /// </summary>
    /// <returns>The norms that moved, [M].</returns>
    public static float[] DecoderNorms(Matrix encoder, float[] encoderBias, Matrix decoder)
    {
        float[] norms = new float[encoder.Rows];
        for (int latent = 0; latent < encoder.Rows; latent++)
        {
            double squares = 0;
            foreach (float weight in decoder.Row(latent))
            {
                squares += (double)weight * weight;
            }

            double norm = Math.Sqrt(squares);
            Scale(encoder.Row(latent), norm);
            encoderBias[latent] = (float)(encoderBias[latent] * norm);
            Scale(decoder.Row(latent), norm > 0 ? 1 / norm : 1);
            norms[latent] = (float)norm;
        }

        return norms;
    }

    /// <summary>
    /// Gated: f = H(g + b_gate)·relu(g·e^r + b_mag) with g = x·Wᵀ. With π = g·e^r + b_mag the gate g + b_gate &gt; 0 is
    /// π &gt; b_mag − b_gate·e^r: a JumpReLU.
    /// </summary>
    /// <param name="encoder">[M, d]: W on entry, W·e^r afterwards.</param>
    /// <param name="inputBias">Subtracted from x before W; empty for none.</param>
    /// <param name="gateBias">[M].</param>
    /// <param name="magnitudeBias">[M].</param>
    /// <param name="magnitudeLog">r, [M].</param>
    /// <returns>Encoder bias and thresholds, [M] each.</returns>
    public static (float[] Bias, float[] Thresholds) Gates(
        Matrix encoder,
        ReadOnlySpan<float> inputBias,
        ReadOnlySpan<float> gateBias,
        ReadOnlySpan<float> magnitudeBias,
        ReadOnlySpan<float> magnitudeLog)
    {
        float[] bias = new float[encoder.Rows];
        float[] thresholds = new float[encoder.Rows];
        for (int latent = 0; latent < encoder.Rows; latent++)
        {
            double scale = Math.Exp(magnitudeLog[latent]);
            ReadOnlySpan<float> weights = encoder.Row(latent);
            double shift = 0;
            for (int i = 0; i < inputBias.Length; i++)
            {
                shift += (double)weights[i] * inputBias[i];
            }

            bias[latent] = (float)(magnitudeBias[latent] - (shift * scale));
            thresholds[latent] = (float)(magnitudeBias[latent] - (gateBias[latent] * scale));
            Scale(encoder.Row(latent), scale);
        }

        return (bias, thresholds);
    }

    private static void Scale(Span<float> values, double factor)
    {
        foreach (ref float value in values)
        {
            value = (float)(value * factor);
        }
    }
}
