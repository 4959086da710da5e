namespace Saltus.Training;

/// <summary>The scale of a run's data as its recipe wants it; of a transcoder those of vectors and of targets.</summary>
/// <param name="Scale">What vectors are divided by.</param>
/// <param name="TargetScale">What targets are divided by; null for an autoencoder.</param>
/// <param name="Mean">Mean of what is reconstructed, in training units, [d_out].</param>
/// <param name="InputMean">Mean of the vectors, in training units, [d].</param>
/// <param name="Variance">E‖y − E y‖² of what is reconstructed, in training units; null where it is not known.</param>
internal sealed record RunScale(double Scale, double? TargetScale, float[] Mean, float[] InputMean, double? Variance)
{
    /// <summary>Computes it from the estimate over whole rows.</summary>
    /// <param name="run">Completed.</param>
    /// <param name="estimate">Of the batches' rows: vectors, with a transcoder's targets behind.</param>
    /// <param name="width">d.</param>
    /// <returns>The scale.</returns>
    public static RunScale Of(RunConfiguration run, NormScale estimate, int width)
    {
        RecipeSettings recipe = Recipe.Find(run.Recipe);
        double[] mean = [.. estimate.Mean];
        double inputSquares = estimate.SquaresOf(0, width);
        int outputs = run.IsTranscoder ? mean.Length - width : width;
        int first = run.IsTranscoder ? width : 0;
        double targetSquares = estimate.SquaresOf(first, outputs);
        double scale = Math.Sqrt(inputSquares) / recipe.Norm(width);
        double targetScale = Math.Sqrt(targetSquares) / recipe.Norm(outputs);
        if (recipe.Transform != Autoencoders.InputTransform.None)
        {
            // Each vector brings its own scale: those of the raw data say nothing about what is trained on.
            return new RunScale(1, null, new float[outputs], new float[width], null);
        }

        double ofMean = mean.AsSpan(first, outputs).ToArray().Sum(value => value * value);
        return new RunScale(
            scale,
            run.IsTranscoder ? targetScale : null,
            Array.ConvertAll(mean[first..(first + outputs)], value => (float)(value / targetScale)),
            Array.ConvertAll(mean[..width], value => (float)(value / scale)),
            (targetSquares - ofMean) / (targetScale * targetScale));
    }
}
