namespace Saltus.Training;

/// <summary>Values and weights of the L1 penalties.</summary>
internal static class L1Penalties
{
    /// <summary>Gets the derivative of the penalty of one vector with respect to one activation.</summary>
    /// <param name="penalty">Which.</param>
    /// <param name="context">The step.</param>
    /// <param name="row">The vector.</param>
    /// <param name="latent">The latent.</param>
    /// <param name="norms">Of the decoder rows, where the penalty has them.</param>
    /// <returns>1, ‖d_i‖ or 1 / ‖x‖.</returns>
    public static double Weight(L1Penalty penalty, StepContext context, int row, int latent, DecoderNorms norms) => penalty switch
    {
        L1Penalty.DecoderNorm => norms[latent],
        L1Penalty.InputNorm => 1.0 / context.InputNorm[row],
        _ => 1,
    };

    /// <summary>Computes the penalty, λ apart.</summary>
    /// <param name="penalty">Which.</param>
    /// <param name="context">The step.</param>
    /// <param name="activation">g of each candidate, not negative.</param>
    /// <param name="norms">Of the decoder rows.</param>
    /// <returns>The mean over the batch.</returns>
    public static double Mean(L1Penalty penalty, StepContext context, ReadOnlySpan<float> activation, DecoderNorms norms)
    {
        ReadOnlySpan<int> starts = context.Candidates.RowStart;
        ReadOnlySpan<int> latents = context.Candidates.Latent;
        double sum = 0;
        for (int row = 0; row < context.Rows; row++)
        {
            for (int at = starts[row]; at < starts[row + 1]; at++)
            {
                sum += activation[at] * Weight(penalty, context, row, latents[at], norms);
            }
        }

        return sum / context.Rows;
    }
}
