using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>
/// Folds what was trained into an SAE on raw activations (method of the paper, §6): scalar C and pre-encoder bias go into biases and
/// thresholds, weights stay; latents come out in raw units.
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
        Activation activation = trainer.Method.Inference(parameters);
        if (activation is JumpReluActivation jump)
        {
            activation = new JumpReluActivation(Array.ConvertAll(jump.Thresholds, threshold => (float)(threshold * scale)));
        }

        float[] encoderBias = new float[parameters.Latents];
        for (int latent = 0; latent < encoderBias.Length; latent++)
        {
            double shift = 0;
            ReadOnlySpan<float> row = parameters.EncoderWeights.Row(latent);
            for (int j = 0; trainer.Options.PreEncoderBias && j < row.Length; j++)
            {
                shift += (double)row[j] * parameters.DecoderBias[j];
            }

            encoderBias[latent] = (float)(scale * (parameters.EncoderBias[latent] - shift));
        }

        float[] decoderBias = Array.ConvertAll(parameters.DecoderBias, value => (float)(value * scale));
        return new SparseAutoencoder(parameters.EncoderWeights.Clone(), encoderBias, parameters.DecoderWeights.Clone(), decoderBias, activation)
        {
            Metadata = metadata,
        };
    }
}
