using System.Numerics.Tensors;
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

    /// <summary>As <see cref="InputBias"/>, with the encoder as [d, M]: the same sums, a row of the file at a time.</summary>
    public static void InputBiasOfColumns(Matrix columns, float[] encoderBias, ReadOnlySpan<float> inputBias)
    {
        double[] sums = Array.ConvertAll(encoderBias, value => (double)value);
        for (int i = 0; i < columns.Rows; i++)
        {
            ReadOnlySpan<float> weights = columns.Row(i);
            double bias = inputBias[i];
            for (int latent = 0; latent < weights.Length; latent++)
            {
                sums[latent] -= weights[latent] * bias;
            }
        }

        for (int latent = 0; latent < sums.Length; latent++)
        {
            encoderBias[latent] = (float)sums[latent];
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
            // The norm in float32, one product and one quotient a weight: the bits that PyTorch gives.
            float norm = (float)Norm(decoder.Row(latent));
            TensorPrimitives.Multiply(encoder.Row(latent), norm, encoder.Row(latent));
            encoderBias[latent] *= norm;
            TensorPrimitives.Divide(decoder.Row(latent), norm > 0 ? norm : 1, decoder.Row(latent));
            norms[latent] = norm;
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

    /// <summary>The length of a row, in double.</summary>
    public static double Norm(ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float weight in row)
        {
            squares += (double)weight * weight;
        }

        return Math.Sqrt(squares);
    }

    /// <summary>exp of every value, in double.</summary>
    public static float[] Exponentials(float[] logarithms) => Array.ConvertAll(logarithms, value => (float)Math.Exp(value));

    /// <summary>Every value × a factor, in double.</summary>
    public static void Scale(Matrix matrix, double factor)
    {
        for (int row = 0; row < matrix.Rows; row++)
        {
            Scale(matrix.Row(row), factor);
        }
    }

    /// <summary>
    /// Whitened inputs z = (x − mean)·P, P [d, d]: the encoder becomes P·W, so that rows are P·w, and b goes into the encoder bias where it is
    /// not subtracted; the output y becomes y·Q + mean with Q the inverse.
    /// </summary>
    public static void Whiten(Matrix encoder, float[] encoderBias, Matrix decoder, float[] decoderBias, ReadOnlySpan<double> mean, double[] whiten, double[] restore)
    {
        int width = mean.Length;
        double[] turned = new double[width];
        for (int latent = 0; latent < encoder.Rows; latent++)
        {
            Span<float> weights = encoder.Row(latent);
            double shift = 0;
            for (int i = 0; i < width; i++)
            {
                double sum = 0;
                for (int j = 0; j < width; j++)
                {
                    sum += whiten[(i * width) + j] * weights[j];
                }

                turned[i] = sum;
                shift += mean[i] * sum;
            }

            Store(turned, weights);
            encoderBias[latent] = (float)(encoderBias[latent] - shift);
            Restore(decoder.Row(latent), restore, turned);
            Store(turned, decoder.Row(latent));
        }

        Restore(decoderBias, restore, turned);
        for (int i = 0; i < width; i++)
        {
            decoderBias[i] = (float)(turned[i] + mean[i]);
        }
    }

    private static void Restore(ReadOnlySpan<float> row, double[] restore, double[] result)
    {
        for (int j = 0; j < result.Length; j++)
        {
            double sum = 0;
            for (int i = 0; i < result.Length; i++)
            {
                sum += row[i] * restore[(i * result.Length) + j];
            }

            result[j] = sum;
        }
    }

    private static void Store(double[] values, Span<float> destination)
    {
        for (int i = 0; i < values.Length; i++)
        {
            destination[i] = (float)values[i];
        }
    }

    /// <summary>Every value × a factor, in double.</summary>
    public static void Scale(Span<float> values, double factor)
    {
        foreach (ref float value in values)
        {
            value = (float)(value * factor);
        }
    }
}
