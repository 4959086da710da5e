using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>Adam's running moments for every trained tensor.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="keepsFirst">Whether first moments are kept for weights and biases (β1 &gt; 0).</param>
/// <param name="keepsThresholdFirst">Whether they are kept for thresholds.</param>
internal sealed class Moments(SaeParameters parameters, bool keepsFirst, bool keepsThresholdFirst) : IDisposable
{
    /// <summary>Gets the second moment of the encoder weights, [M, d].</summary>
    public Matrix EncoderSecond { get; } = new(parameters.Latents, parameters.Width);

    /// <summary>Gets the second moment of the decoder weights, [M, d].</summary>
    public Matrix DecoderSecond { get; } = new(parameters.Latents, parameters.Width);

    /// <summary>Gets the first moment of the encoder weights, [M, d]; null where β1 = 0.</summary>
    public Matrix? EncoderFirst { get; } = keepsFirst ? new Matrix(parameters.Latents, parameters.Width) : null;

    /// <summary>Gets the first moment of the decoder weights, [M, d]; null where β1 = 0.</summary>
    public Matrix? DecoderFirst { get; } = keepsFirst ? new Matrix(parameters.Latents, parameters.Width) : null;

    /// <summary>Gets the second moment of the encoder bias, [M].</summary>
    public float[] EncoderBiasSecond { get; } = new float[parameters.Latents];

    /// <summary>Gets the first moment of the encoder bias, [M]; empty where β1 = 0.</summary>
    public float[] EncoderBiasFirst { get; } = new float[keepsFirst ? parameters.Latents : 0];

    /// <summary>Gets the second moment of the thresholds, [M].</summary>
    public float[] ThresholdSecond { get; } = new float[parameters.Latents];

    /// <summary>Gets the first moment of the thresholds, [M]; empty where their β1 = 0.</summary>
    public float[] ThresholdFirst { get; } = new float[keepsThresholdFirst ? parameters.Latents : 0];

    /// <summary>Gets the second moment of the decoder bias, [d].</summary>
    public float[] DecoderBiasSecond { get; } = new float[parameters.Width];

    /// <summary>Gets the first moment of the decoder bias, [d]; empty where β1 = 0.</summary>
    public float[] DecoderBiasFirst { get; } = new float[keepsFirst ? parameters.Width : 0];

    /// <summary>Gets the steps after which each latent's weights were last updated, [M]: the second moment decays by β2^Δ when it is next touched.</summary>
    public int[] LastStep { get; } = new int[parameters.Latents];

    /// <summary>Gets whether latents without a gradient can be left alone.</summary>
    public bool IsLazy { get; } = !keepsFirst && !keepsThresholdFirst;

    /// <summary>Puts the moments onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state)
    {
        state.Add("moments.encoder_second", EncoderSecond);
        state.Add("moments.decoder_second", DecoderSecond);
        state.Add("moments.encoder_first", EncoderFirst);
        state.Add("moments.decoder_first", DecoderFirst);
        state.Add("moments.encoder_bias_second", EncoderBiasSecond);
        state.Add("moments.encoder_bias_first", EncoderBiasFirst);
        state.Add("moments.threshold_second", ThresholdSecond);
        state.Add("moments.threshold_first", ThresholdFirst);
        state.Add("moments.decoder_bias_second", DecoderBiasSecond);
        state.Add("moments.decoder_bias_first", DecoderBiasFirst);
        state.Add("moments.last_step", LastStep);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        EncoderSecond.Dispose();
        DecoderSecond.Dispose();
        EncoderFirst?.Dispose();
        DecoderFirst?.Dispose();
    }
}
