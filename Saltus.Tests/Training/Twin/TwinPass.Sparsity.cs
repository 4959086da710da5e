namespace Saltus.Tests.Training.Twin;

internal sealed partial class TwinPass
{
    /// <summary>S, before its coefficient; what it asks for is added with the coefficient.</summary>
    private double SparsityTerm() => _options.Sparsity switch
    {
        "none" => 0,
        "l0" => MeanStepsTerm(mean => (mean, 1)),
        "l0_target" => MeanStepsTerm(mean => (Math.Pow((mean / _options.Target) - 1, 2), 2 * ((mean / _options.Target) - 1) / _options.Target)),
        "l0_quadratic" => QuadraticTerm(),
        "frequency" => FrequencyTerm(),
        "tanh" => TanhTerm(),
        "l1" => L1Term((_, _) => 1),
        "l1_norm" => L1Term((_, i) => _norms[i]),
        "l1_input_norm" => L1Term((b, _) => 1 / Math.Sqrt(DoubleMatrix.Dot(_x.Row(b), _x.Row(b)))),
        _ => throw new InvalidDataException($"option sparsity: unknown value '{_options.Sparsity}'"),
    };

    /// <summary>φ(mean_b Σ_i H): the coefficient of the steps is φ′ / B.</summary>
    private double MeanStepsTerm(Func<double, (double Value, double Slope)> function)
    {
        (double value, double slope) = function(_steps.Values.Sum() / Rows);
        foreach (ref double wanted in WantedSteps.Values.AsSpan())
        {
            wanted += _coefficient * slope / Rows;
        }

        return value;
    }

    /// <summary>mean_b (Σ_i H − target)² · 2/target.</summary>
    private double QuadraticTerm()
    {
        double value = 0;
        for (int b = 0; b < Rows; b++)
        {
            double excess = -_options.Target;
            foreach (double step in _steps.Row(b))
            {
                excess += step;
            }

            value += 2 / _options.Target * excess * excess / Rows;
            foreach (ref double wanted in WantedSteps.Row(b))
            {
                wanted += _coefficient * 2 / _options.Target * 2 * excess / Rows;
            }
        }

        return value;
    }

    /// <summary>Σ_i q_i (1 + q_i/ω), q_i = mean_b H_i.</summary>
    private double FrequencyTerm()
    {
        double value = 0;
        double[] counts = _steps.ColumnSums();
        for (int i = 0; i < counts.Length; i++)
        {
            double q = counts[i] / Rows;
            value += q * (1 + (q / _options.Omega));
            for (int b = 0; b < Rows; b++)
            {
                WantedSteps[b, i] += _coefficient * (1 + (2 * q / _options.Omega)) / Rows;
            }
        }

        return value;
    }

    /// <summary>mean_b Σ_i tanh(scale f_i |d_i|).</summary>
    private double TanhTerm()
    {
        double value = 0;
        for (int b = 0; b < Rows; b++)
        {
            for (int i = 0; i < _norms.Length; i++)
            {
                double tanh = Math.Tanh(_options.TanhScale * Latents[b, i] * _norms[i]);
                double slope = _coefficient * (1 - (tanh * tanh)) * _options.TanhScale / Rows;
                value += tanh / Rows;
                WantedLatents[b, i] += slope * _norms[i];
                _wantedNorms[i] += slope * Latents[b, i];
            }
        }

        return value;
    }

    /// <summary>mean_b Σ_i g_i w_bi, with g = max(z, 0): the latents of arch relu, the open gates of arch gated.</summary>
    private double L1Term(Func<int, int, double> weight)
    {
        double value = 0;
        for (int b = 0; b < Rows; b++)
        {
            for (int i = 0; i < _norms.Length; i++)
            {
                value += _gates[b, i] * weight(b, i) / Rows;
                WantedGates[b, i] += _coefficient * weight(b, i) / Rows;
                if (_options.Sparsity == "l1_norm")
                {
                    _wantedNorms[i] += _coefficient * _gates[b, i] / Rows;
                }
            }
        }

        return value;
    }

    /// <summary>coefficient · mean_b Σ_i max(θ_i − z_i, 0) |d_i|, over dead latents only if pre_act_dead.</summary>
    private double PreActivationTerm()
    {
        double value = 0;
        for (int i = 0; _options.PreAct != 0 && i < _norms.Length; i++)
        {
            for (int b = 0; b < Rows && (Dead[i] || !_options.PreActDead); b++)
            {
                double below = Math.Max(Thresholds[i] - PreActivations[b, i], 0);
                double slope = below > 0 ? _options.PreAct * _norms[i] / Rows : 0;
                value += _options.PreAct * below * _norms[i] / Rows;
                _wantedThresholds[i] += slope;
                WantedPreActivations[b, i] -= slope;
                _wantedNorms[i] += _options.PreAct * below / Rows;
            }
        }

        return value;
    }
}
