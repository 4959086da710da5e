using Saltus.Kernels;

namespace Saltus.Training;

/// <content>The derivatives of JumpReLU's loss, entry by entry.</content>
public sealed partial class JumpReluMethod
{
    /// <inheritdoc/>
    internal override void Differentiate(StepContext context, ref LatentEntries entries)
    {
        if (_sharesCut)
        {
            for (int at = 0; at < entries.Pre.Length; at++)
            {
                entries.PreGradient[at] = entries.Activation[at] != 0 ? entries.Slope[at] : 0;
            }

            return;
        }

        int latent = entries.Latent;
        float theta = _theta[latent];
        float bandwidth = _bandwidth[latent];
        bool tanh = _options.Penalty == SparsityPenalty.Tanh;
        float norm = tanh || _options.PreActivationCoefficient > 0 ? _norms[latent] : 1;
        bool seesActivation = _options.StepSeesActivation;
        double lambda = context.Lambda / context.Rows;
        bool isBanded = IsBanded(context, latent);
        double silentSlope = isBanded ? SilentSlope(context, latent) : 0;
        double thetaGradient = isBanded ? entries.BandGradient : 0;
        double normGradient = 0;
        for (int at = 0; at < entries.Pre.Length; at++)
        {
            float pre = entries.Pre[at];
            double slope = entries.Slope[at];
            if (tanh)
            {
                double t = RealFunctions.Tanh(_options.TanhScale * entries.Activation[at] * norm);
                double derivative = lambda * (1 - (t * t)) * _options.TanhScale;
                slope += derivative * norm;
                normGradient += derivative * entries.Activation[at];
            }

            if (seesActivation && entries.Activation[at] != 0)
            {
                double step = BandKernels.Value(_options.Kernel, (pre - theta) / bandwidth) / (double)bandwidth * StepSlope(context, latent, entries.Rows[at]);
                thetaGradient -= step;
                slope += _options.EstimatorToInput ? step : 0;
            }
            else if (seesActivation && _options.EstimatorToInput)
            {
                slope += BandKernels.Value(_options.Kernel, -theta / bandwidth) / (double)bandwidth * StepSlope(context, latent, entries.Rows[at]);
            }

            double pseudo = 0;
            float weight = isBanded && !tanh ? 0 : BandKernels.Value(_options.Kernel, (pre - theta) / bandwidth);
            if (weight != 0)
            {
                // The sum over the band took every entry's slope as if it were silent: what an active one has beyond that is still to come.
                double beyond = isBanded ? slope - entries.Slope[at] - silentSlope : slope;
                pseudo = weight / bandwidth * ((theta * beyond) + (isBanded || seesActivation ? 0 : StepSlope(context, latent, entries.Rows[at])));
                thetaGradient -= pseudo;
            }

            double gradient = (entries.Activation[at] != 0 ? slope : 0) + (_options.EstimatorToInput ? pseudo : 0);
            entries.PreGradient[at] = (float)(_options.ReluPreActivation && pre <= 0 ? 0 : gradient);
        }

        if (NeedsEverything(context, latent))
        {
            PreActivationLoss(context, ref entries, theta, norm, ref thetaGradient, ref normGradient);
        }

        if (seesActivation)
        {
            thetaGradient -= SilentSteps(context, ref entries, theta, bandwidth);
        }

        entries.FirstExtraGradient = _options.LogThreshold && _options.LogThresholdChain ? thetaGradient * theta : thetaGradient;
        entries.NormGradient = normGradient;
    }

    /// <summary>∂penalty/∂H of an entry: what the L0 kinds of penalty hand to the step function.</summary>
    private double StepSlope(StepContext context, int latent, int row) => _options.Penalty switch
    {
        SparsityPenalty.L0 or SparsityPenalty.TargetL0 => _stepSlope,
        SparsityPenalty.QuadraticL0 => _stepSlope * (SeenOfRow(context, row) - _options.TargetL0),
        SparsityPenalty.Frequency => _stepSlope * (1 + (2 * SeenOfLatent(context, latent) / (context.Rows * _options.FrequencyScale))),
        _ => 0,
    };

    /// <summary>
    /// Where the step sees the activation, every silent vector stands at 0: in the band as soon as θ is less than the kernel's reach, and then
    /// all of them pull at once.
    /// </summary>
    private double SilentSteps(StepContext context, ref LatentEntries entries, float theta, float bandwidth)
    {
        double weight = BandKernels.Value(_options.Kernel, -theta / bandwidth) / (double)bandwidth;
        if (weight == 0)
        {
            return 0;
        }

        double sum = 0;
        int next = 0;
        for (int row = 0; row < context.Rows; row++)
        {
            bool isEntry = next < entries.Rows.Length && entries.Rows[next] == row;
            bool isActive = isEntry && entries.Activation[next] != 0;
            next += isEntry ? 1 : 0;
            sum += isActive ? 0 : StepSlope(context, entries.Latent, row);
        }

        return weight * sum;
    }

    private void PrepareSlopes(StepContext context)
    {
        CountSeen(context);
        double lambda = context.Lambda / context.Rows;
        _stepSlope = _options.Penalty switch
        {
            SparsityPenalty.TargetL0 => lambda * 2 * ((_seenL0 / _options.TargetL0) - 1) / _options.TargetL0,
            SparsityPenalty.QuadraticL0 => lambda * 4 / _options.TargetL0,
            _ => lambda,
        };
    }

    private double Penalty(StepContext context)
    {
        double sum = 0;
        switch (_options.Penalty)
        {
            case SparsityPenalty.L0:
                sum = _seenL0;
                break;
            case SparsityPenalty.TargetL0:
                sum = Square((_seenL0 / _options.TargetL0) - 1);
                break;
            case SparsityPenalty.QuadraticL0:
                for (int row = 0; row < context.Rows; row++)
                {
                    sum += Square(SeenOfRow(context, row) - _options.TargetL0) * 2 / _options.TargetL0 / context.Rows;
                }

                break;
            case SparsityPenalty.Frequency:
                for (int latent = 0; latent < _theta.Length; latent++)
                {
                    double rate = (double)SeenOfLatent(context, latent) / context.Rows;
                    sum += rate * (1 + (rate / _options.FrequencyScale));
                }

                break;
            case SparsityPenalty.Tanh:
                sum = TanhSum(context) / context.Rows;
                break;
            default:
                throw new InvalidOperationException($"no rule for {_options.Penalty}");
        }

        return (context.Lambda * sum) + (_options.PreActivationCoefficient > 0 ? PreActivationSum(context) : 0);
    }

    private static double Square(double x) => x * x;

    private double TanhSum(StepContext context)
    {
        ReadOnlySpan<int> latents = context.Candidates.Latent;
        double sum = 0;
        for (int at = 0; at < latents.Length; at++)
        {
            sum += RealFunctions.Tanh(_options.TanhScale * context.Activation[at] * _norms[latents[at]]);
        }

        return sum;
    }

    private double PreActivationSum(StepContext context)
    {
        ReadOnlySpan<int> latents = context.Candidates.Latent;
        ReadOnlySpan<float> pre = context.Candidates.Value;
        double sum = 0;
        for (int at = 0; at < latents.Length; at++)
        {
            int latent = latents[at];
            if (NeedsEverything(context, latent))
            {
                sum += Math.Max(0, _theta[latent] - pre[at]) * _norms[latent];
            }
        }

        return _options.PreActivationCoefficient * sum / context.Rows;
    }

    private void PreActivationLoss(
        StepContext context, ref LatentEntries entries, float theta, float norm, ref double thetaGradient, ref double normGradient)
    {
        double coefficient = _options.PreActivationCoefficient / context.Rows;
        for (int at = 0; at < entries.Pre.Length; at++)
        {
            if (theta > entries.Pre[at])
            {
                thetaGradient += coefficient * norm;
                normGradient += coefficient * (theta - entries.Pre[at]);

                // A rectified π at 0 hands nothing on.
                entries.PreGradient[at] -= _options.ReluPreActivation && entries.Pre[at] <= 0 ? 0 : (float)(coefficient * norm);
            }
        }
    }
}
