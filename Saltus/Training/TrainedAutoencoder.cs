using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// Folds what was trained into an SAE on raw activations (method of the paper, §6): scalar C and pre-encoder bias go into biases and
/// thresholds, weights stay; latents come out in raw units. A transcoder whose targets were divided by another scalar has the ratio of the
/// two in its decoder. TopK chosen by π·‖d‖ gets decoder rows of norm 1, so that the choice needs no norms.
/// </summary>
public static class TrainedAutoencoder
{
    /// <summary>Makes the SAE that is saved.</summary>
    /// <param name="trainer">Whose parameters are copied.</param>
    /// <param name="metadata">What the file will say.</param>
    /// <returns>A new SAE; the caller disposes it.</returns>
    public static SparseAutoencoder Fold(Trainer trainer, SaeMetadata metadata)
    {
        SaeParameters parameters = trainer.Parameters;
        double scale = trainer.Options.Scale;
        double targetScale = parameters.HasTarget ? trainer.Options.TargetScale ?? scale : scale;
        InferenceForm form = trainer.Method.Inference(parameters);
        Activation activation = form.Activation;
        if (activation is JumpReluActivation jump)
        {
            activation = new JumpReluActivation(Array.ConvertAll(jump.Thresholds, threshold => (float)(threshold * scale)));
        }

        Matrix encoder = parameters.EncoderWeights.Clone();
        Matrix decoder = parameters.DecoderWeights.Clone();
        float[] encoderBias = new float[parameters.Latents];
        for (int latent = 0; latent < encoderBias.Length; latent++)
        {
            double factor = form.EncoderFactors?[latent] ?? 1;
            double shift = 0;
            ReadOnlySpan<float> row = parameters.EncoderWeights.Row(latent);
            for (int j = 0; trainer.Options.PreEncoderBias && j < row.Length; j++)
            {
                shift += (double)row[j] * parameters.DecoderBias[j];
            }

            encoderBias[latent] = (float)(scale * (form.EncoderBias[latent] - (factor * shift)));
            Scale(encoder.Row(latent), factor);
            Scale(decoder.Row(latent), targetScale / scale);
        }

        if (activation is TopKActivation && !trainer.Method.RankFactors.IsEmpty)
        {
            Formats.SaeFolding.DecoderNorms(encoder, encoderBias, decoder);
        }

        float[] decoderBias = Array.ConvertAll(parameters.DecoderBias, value => (float)(value * targetScale));
        return new SparseAutoencoder(encoder, encoderBias, decoder, decoderBias, activation)
        {
            Metadata = metadata,
            SkipWeights = Skip(parameters, targetScale / scale),
            Transform = trainer.Options.Transform,
            UndoesTransform = !parameters.HasTarget,
        };
    }

    private static Matrix? Skip(SaeParameters parameters, double factor)
    {
        Matrix? skip = parameters.SkipWeights?.Clone();
        for (int row = 0; row < (skip?.Rows ?? 0); row++)
        {
            Scale(skip!.Row(row), factor);
        }

        return skip;
    }

    private static void Scale(Span<float> values, double factor)
    {
        if (factor == 1)
        {
            return;
        }

        foreach (ref float value in values)
        {
            value = (float)(value * factor);
        }
    }
}
