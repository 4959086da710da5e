using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>Silent latents start anew, where the options say so.</content>
public sealed partial class Trainer
{
    private readonly RandomSource? _resampling;
    private double[] _cumulativeLoss = [];
    private int _resampledAt = -1;

    /// <summary>The factor on the learning rate since the last resampling.</summary>
    private double RecoveryFactor()
    {
        int since = Steps - _resampledAt;
        if (_options.Resampling is not ResamplingOptions resampling || _resampledAt < 0 || since >= resampling.RecoverySteps)
        {
            return 1;
        }

        double share = (double)since / resampling.RecoverySteps;
        return resampling.RateFactor + ((1 - resampling.RateFactor) * (1 - RealFunctions.CosPi(share)) / 2);
    }

    private void Resample()
    {
        if (_options.Resampling is not ResamplingOptions resampling || Steps % resampling.Interval != 0)
        {
            return;
        }

        long silent = (resampling.Interval / 2) * (_options.DeadRule == DeadRule.Tokens ? (long)_context.Rows : 1);
        double livingNorm = LivingEncoderNorm(silent);
        ReadOnlySpan<double> cumulative = CumulativeLosses();
        for (int latent = 0; latent < Parameters.Latents; latent++)
        {
            if (_silence.Since[latent] >= silent)
            {
                StartAnew(latent, Pick(cumulative), livingNorm * resampling.EncoderShare);
            }
        }

        _resampledAt = Steps;
    }

    private double LivingEncoderNorm(long silent)
    {
        double sum = 0;
        int living = 0;
        for (int latent = 0; latent < Parameters.Latents; latent++)
        {
            if (_silence.Since[latent] < silent)
            {
                ReadOnlySpan<float> row = Parameters.EncoderWeights.Row(latent);
                sum += Math.Sqrt(Reductions.Dot(row, row));
                living++;
            }
        }

        return living == 0 ? 1 : sum / living;
    }

    /// <summary>Running sums of the squared losses: badly reconstructed inputs are picked more often.</summary>
    private ReadOnlySpan<double> CumulativeLosses()
    {
        if (_cumulativeLoss.Length < _rowLoss.Length)
        {
            _cumulativeLoss = new double[_rowLoss.Length];
        }

        Span<double> cumulative = _cumulativeLoss.AsSpan(0, _rowLoss.Length);
        double sum = 0;
        for (int row = 0; row < cumulative.Length; row++)
        {
            sum += _rowLoss[row] * _rowLoss[row];
            cumulative[row] = sum;
        }

        return cumulative;
    }

    private int Pick(ReadOnlySpan<double> cumulative)
    {
        int row = cumulative.BinarySearch(_resampling!.NextDouble() * cumulative[^1]);
        return Math.Min(row < 0 ? ~row : row, cumulative.Length - 1);
    }

    private void StartAnew(int latent, int row, double encoderNorm)
    {
        Span<float> encoder = Parameters.EncoderWeights.Row(latent);
        _centred.Row(row).CopyTo(encoder);
        Initialization.Normalize(encoder);
        if (!Parameters.HasTarget)
        {
            encoder.CopyTo(Parameters.DecoderWeights.Row(latent));
        }

        foreach (ref float value in encoder)
        {
            value = (float)(value * encoderNorm);
        }

        Parameters.EncoderBias[latent] = 0;
        _method.Restart(Parameters, latent);
        _moments.Clear(latent);
        _silence.Since[latent] = 0;
    }
}
