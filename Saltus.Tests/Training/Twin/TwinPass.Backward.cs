namespace Saltus.Tests.Training.Twin;

internal sealed partial class TwinPass
{
    private readonly double[] _wantedNorms;
    private readonly double[] _wantedThresholds;

    /// <summary>∂L/∂f.</summary>
    private DoubleMatrix WantedLatents { get; set; } = null!;

    /// <summary>∂L/∂H, H the steps that the L0 terms count.</summary>
    private DoubleMatrix WantedSteps { get; set; } = null!;

    /// <summary>∂L/∂g, g = max(z, 0).</summary>
    private DoubleMatrix WantedGates { get; set; } = null!;

    /// <summary>∂L/∂p, p what a top-k selects by.</summary>
    private DoubleMatrix WantedSelectionValues { get; set; } = null!;

    /// <summary>∂L/∂z.</summary>
    private DoubleMatrix WantedPreActivations { get; set; } = null!;

    private void Backward()
    {
        BackwardDecoder();
        switch (_options.Arch)
        {
            case "jumprelu":
                BackwardSteps();
                BackwardJump();
                BackwardThresholds();
                break;
            case "relu":
                WantedGates.Add(WantedLatents);
                break;
            case "gated":
                BackwardMagnitudes();
                break;
            default:
                BackwardSelection();
                break;
        }

        BackwardGates();
        BackwardEncoder();
        BackwardNorms();
    }

    private void BackwardDecoder()
    {
        DoubleMatrix decoder = _parameters["W_dec"];
        DoubleMatrix wantedInput = Zeros();
        for (int level = 0; level < LevelWidths.Length; level++)
        {
            int width = LevelWidths[level];
            DoubleMatrix wanted = _wantedReconstructions[level];
            wantedInput.Add(DoubleMatrix.ProductTransposed(wanted, decoder.FirstRows(width)));
            DoubleMatrix byDecoder = DoubleMatrix.TransposedProduct(_decoderInput.FirstColumns(width), wanted);
            for (int i = 0; i < width; i++)
            {
                for (int j = 0; j < wanted.Columns; j++)
                {
                    Gradients["W_dec"][i, j] += byDecoder[i, j];
                }
            }

            Gradients["b_dec"].AddToRows(wanted.ColumnSums());
            if (_options.Skip)
            {
                Gradients["W_skip"].Add(DoubleMatrix.TransposedProduct(_x, wanted));
            }
        }

        for (int n = 0; n < wantedInput.Values.Length; n++)
        {
            int i = n % _norms.Length;
            double wanted = wantedInput.Values[n] / (_options.Rescale ? _norms[i] : 1);
            WantedLatents.Values[n] += wanted;
            _wantedNorms[i] -= _options.Rescale ? wanted * _decoderInput.Values[n] : 0;
        }
    }

    /// <summary>dH/dθ = −(1/ε) K((s − θ)/ε), s what the step sees; the negated to s if ste_to_input.</summary>
    private void BackwardSteps()
    {
        DoubleMatrix seen = _options.StepOn == "post" ? Latents : PreActivations;
        DoubleMatrix wantedSeen = _options.StepOn == "post" ? WantedLatents : WantedPreActivations;
        for (int n = 0; n < seen.Values.Length; n++)
        {
            int i = n % _norms.Length;
            double kernel = TwinKernel.Value(_options.Kernel, (seen.Values[n] - Thresholds[i]) / _options.Bandwidth);
            double pseudo = kernel / _options.Bandwidth * WantedSteps.Values[n];
            _wantedThresholds[i] -= pseudo;
            wantedSeen.Values[n] += _options.SteToInput ? pseudo : 0;
        }
    }

    /// <summary>df/dz = H(z − θ), df/dθ = −(θ/ε) K((z − θ)/ε); the negated to z too if ste_to_input.</summary>
    private void BackwardJump()
    {
        for (int n = 0; n < Latents.Values.Length; n++)
        {
            int i = n % _norms.Length;
            double distance = PreActivations.Values[n] - Thresholds[i];
            double kernel = TwinKernel.Value(_options.Kernel, distance / _options.Bandwidth);
            double pseudo = Thresholds[i] / _options.Bandwidth * kernel * WantedLatents.Values[n];
            _wantedThresholds[i] -= pseudo;
            WantedPreActivations.Values[n] += (distance > 0 ? WantedLatents.Values[n] : 0) + (_options.SteToInput ? pseudo : 0);
        }
    }

    private void BackwardThresholds()
    {
        bool log = _options.Threshold == "log";
        for (int i = 0; i < Thresholds.Length; i++)
        {
            Gradients[log ? "log_threshold" : "threshold"].Values[i] += _wantedThresholds[i] * (log && _options.LogChain ? Thresholds[i] : 1);
        }
    }

    /// <summary>Through the magnitude encoder W_enc e^{r_mag}; the gate itself passes nothing.</summary>
    private void BackwardMagnitudes()
    {
        DoubleMatrix wanted = Zeros();
        for (int n = 0; n < wanted.Values.Length; n++)
        {
            wanted.Values[n] = Latents.Values[n] > 0 ? WantedLatents.Values[n] : 0;
        }

        DoubleMatrix encoder = MagnitudeEncoder();
        DoubleMatrix byEncoder = DoubleMatrix.TransposedProduct(_encoderInput, wanted);
        for (int j = 0; j < encoder.Rows; j++)
        {
            for (int i = 0; i < encoder.Columns; i++)
            {
                Gradients["W_enc"][j, i] += byEncoder[j, i] * Math.Exp(_parameters["r_mag"].Values[i]);
                Gradients["r_mag"].Values[i] += byEncoder[j, i] * encoder[j, i];
            }
        }

        Gradients["b_mag"].AddToRows(wanted.ColumnSums());
        BackwardEncoderInput(wanted, encoder);
    }

    /// <summary>Kept entries pass on; one kept with value 0 does not.</summary>
    private void BackwardSelection()
    {
        DoubleMatrix values = _selectionValues!;
        for (int n = 0; n < _kept.Values.Length; n++)
        {
            int i = n % _norms.Length;
            WantedSelectionValues.Values[n] += _kept.Values[n] != 0 && values.Values[n] > 0 ? WantedLatents.Values[n] : 0;
            WantedPreActivations.Values[n] += WantedSelectionValues.Values[n] * (_options.Rescale ? _norms[i] : 1);
            _wantedNorms[i] += _options.Rescale ? WantedSelectionValues.Values[n] * PreActivations.Values[n] : 0;
        }
    }

    private void BackwardGates()
    {
        for (int n = 0; n < _gates.Values.Length; n++)
        {
            WantedPreActivations.Values[n] += PreActivations.Values[n] > 0 ? WantedGates.Values[n] : 0;
        }
    }

    private void BackwardEncoder()
    {
        DoubleMatrix wanted = WantedPreActivations.Clone();
        for (int n = 0; _options.ReluPre && n < wanted.Values.Length; n++)
        {
            wanted.Values[n] = _rawPreActivations.Values[n] > 0 ? wanted.Values[n] : 0;
        }

        Gradients["W_enc"].Add(DoubleMatrix.TransposedProduct(_encoderInput, wanted));
        Gradients[_options.Arch == "gated" ? "b_gate" : "b_enc"].AddToRows(wanted.ColumnSums());
        BackwardEncoderInput(wanted, _parameters["W_enc"]);
    }

    /// <summary>x_c = x − b_dec: the decoder bias hears from the encoder.</summary>
    private void BackwardEncoderInput(DoubleMatrix wanted, DoubleMatrix encoder)
    {
        if (_options.PreBias)
        {
            double[] byInput = DoubleMatrix.ProductTransposed(wanted, encoder).ColumnSums();
            Gradients["b_dec"].AddToRows([.. byInput.Select(value => -value)]);
        }
    }

    /// <summary>d|d_i|/dd_i = d_i / |d_i|.</summary>
    private void BackwardNorms()
    {
        DoubleMatrix decoder = _parameters["W_dec"];
        for (int i = 0; i < decoder.Rows; i++)
        {
            for (int j = 0; _wantedNorms[i] != 0 && j < decoder.Columns; j++)
            {
                Gradients["W_dec"][i, j] += _wantedNorms[i] * decoder[i, j] / _norms[i];
            }
        }
    }
}
