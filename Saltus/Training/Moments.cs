using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>Adam's running moments for every trained tensor.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="keepsFirst">Whether first moments are kept for weights and biases (β1 &gt; 0).</param>
/// <param name="extraNames">What is trained beside weights and biases, as in a checkpoint.</param>
/// <param name="keepsExtraFirst">Whether first moments are kept for that.</param>
internal sealed class Moments(SaeParameters parameters, bool keepsFirst, IReadOnlyList<string> extraNames, bool keepsExtraFirst) : IDisposable
{
    /// <summary>Gets the second moment of the encoder weights, [M, d].</summary>
    public Matrix EncoderSecond { get; } = new(parameters.Latents, parameters.Width);

    /// <summary>Gets the second moment of the decoder weights, [M, d_out].</summary>
    public Matrix DecoderSecond { get; } = new(parameters.Latents, parameters.OutputWidth);

    /// <summary>Gets the first moment of the encoder weights, [M, d]; null where β1 = 0.</summary>
    public Matrix? EncoderFirst { get; } = keepsFirst ? new Matrix(parameters.Latents, parameters.Width) : null;

    /// <summary>Gets the first moment of the decoder weights, [M, d_out]; null where β1 = 0.</summary>
    public Matrix? DecoderFirst { get; } = keepsFirst ? new Matrix(parameters.Latents, parameters.OutputWidth) : null;

    /// <summary>Gets the second moment of the encoder bias, [M].</summary>
    public float[] EncoderBiasSecond { get; } = new float[parameters.Latents];

    /// <summary>Gets the first moment of the encoder bias, [M]; empty where β1 = 0.</summary>
    public float[] EncoderBiasFirst { get; } = new float[keepsFirst ? parameters.Latents : 0];

    /// <summary>Gets the second moment of each extra, [M].</summary>
    public IReadOnlyList<float[]> ExtraSecond { get; } = [.. extraNames.Select(_ => new float[parameters.Latents])];

    /// <summary>Gets the first moment of each extra, [M]; empty where their β1 = 0.</summary>
    public IReadOnlyList<float[]> ExtraFirst { get; } = [.. extraNames.Select(_ => new float[keepsExtraFirst ? parameters.Latents : 0])];

    /// <summary>Gets the second moment of the decoder bias, [d_out].</summary>
    public float[] DecoderBiasSecond { get; } = new float[parameters.OutputWidth];

    /// <summary>Gets the first moment of the decoder bias, [d_out]; empty where β1 = 0.</summary>
    public float[] DecoderBiasFirst { get; } = new float[keepsFirst ? parameters.OutputWidth : 0];

    /// <summary>Gets the second moment of the skip connection, [d_out, d]; null without one.</summary>
    public Matrix? SkipSecond { get; } = parameters.SkipWeights is null ? null : new Matrix(parameters.OutputWidth, parameters.Width);

    /// <summary>Gets the first moment of the skip connection, [d_out, d]; null without one or where β1 = 0.</summary>
    public Matrix? SkipFirst { get; } = parameters.SkipWeights is null || !keepsFirst ? null : new Matrix(parameters.OutputWidth, parameters.Width);

    /// <summary>Gets the steps after which each latent's weights were last updated, [M]: the second moment decays by β2^Δ when it is next touched.</summary>
    public int[] LastStep { get; } = new int[parameters.Latents];

    /// <summary>Gets whether latents without a gradient can be left alone.</summary>
    public bool IsLazy { get; } = !keepsFirst && (!keepsExtraFirst || extraNames.Count == 0);

    /// <summary>Forgets one latent's moments.</summary>
    /// <param name="latent">The latent.</param>
    public void Clear(int latent)
    {
        EncoderSecond.Row(latent).Clear();
        DecoderSecond.Row(latent).Clear();
        EncoderFirst?.Row(latent).Clear();
        DecoderFirst?.Row(latent).Clear();
        ClearOne(EncoderBiasSecond, latent);
        ClearOne(EncoderBiasFirst, latent);
        for (int extra = 0; extra < extraNames.Count; extra++)
        {
            ClearOne(ExtraSecond[extra], latent);
            ClearOne(ExtraFirst[extra], latent);
        }
    }

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
        for (int extra = 0; extra < extraNames.Count; extra++)
        {
            state.Add($"moments.{extraNames[extra]}_second", ExtraSecond[extra]);
            state.Add($"moments.{extraNames[extra]}_first", ExtraFirst[extra]);
        }

        state.Add("moments.decoder_bias_second", DecoderBiasSecond);
        state.Add("moments.decoder_bias_first", DecoderBiasFirst);
        state.Add("moments.skip_second", SkipSecond);
        state.Add("moments.skip_first", SkipFirst);
        state.Add("moments.last_step", LastStep);
    }

    private static void ClearOne(float[] values, int latent)
    {
        if (values.Length > 0)
        {
            values[latent] = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        EncoderSecond.Dispose();
        DecoderSecond.Dispose();
        EncoderFirst?.Dispose();
        DecoderFirst?.Dispose();
        SkipSecond?.Dispose();
        SkipFirst?.Dispose();
    }
}
