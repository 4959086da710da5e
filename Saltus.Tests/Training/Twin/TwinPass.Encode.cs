namespace Saltus.Tests.Training.Twin;

internal sealed partial class TwinPass
{
    private DoubleMatrix _encoderInput = null!;
    private DoubleMatrix _rawPreActivations = null!;
    private DoubleMatrix? _selectionValues;
    private DoubleMatrix _kept = null!;
    private DoubleMatrix _magnitudes = null!;
    private DoubleMatrix _steps = null!;
    private DoubleMatrix _gates = null!;

    private void Encode()
    {
        _encoderInput = _x.Clone();
        if (_options.PreBias)
        {
            _encoderInput.AddToRows([.. _parameters["b_dec"].Values.Select(b => -b)]);
        }

        _rawPreActivations = DoubleMatrix.Product(_encoderInput, _parameters["W_enc"]);
        _rawPreActivations.AddToRows(_parameters[_options.Arch == "gated" ? "b_gate" : "b_enc"].Values);
        PreActivations = _options.ReluPre ? Relu(_rawPreActivations) : _rawPreActivations;
        _gates = Relu(PreActivations);
        WantedLatents = Zeros();
        WantedSteps = Zeros();
        WantedGates = Zeros();
        WantedSelectionValues = Zeros();
        WantedPreActivations = Zeros();
        switch (_options.Arch)
        {
            case "relu":
                Latents = _gates;
                EdgesAtZero(PreActivations);
                break;
            case "jumprelu":
                EncodeJumpRelu();
                break;
            case "gated":
                EncodeGated();
                break;
            default:
                EncodeTopK();
                break;
        }
    }

    /// <summary>f = z H(z − θ), and the steps H that the L0 terms count.</summary>
    private void EncodeJumpRelu()
    {
        Thresholds = _options.Threshold == "log" ? [.. _parameters["log_threshold"].Values.Select(Math.Exp)] : [.. _parameters["threshold"].Values];
        double edge = TwinKernel.HalfWidth(_options.Kernel) * _options.Bandwidth;
        Latents = Zeros();
        _steps = Zeros();
        for (int b = 0; b < Rows; b++)
        {
            for (int i = 0; i < _norms.Length; i++)
            {
                double distance = PreActivations[b, i] - Thresholds[i];
                Latents[b, i] = distance > 0 ? PreActivations[b, i] : 0;
                _steps[b, i] = (_options.StepOn == "post" ? Latents[b, i] : PreActivations[b, i]) > Thresholds[i] ? 1 : 0;
                Edge(distance);
                Edge(Math.Abs(distance) - edge);
            }
        }
    }

    /// <summary>f = 1[π &gt; 0] max(x_c (W_enc e^{r_mag}) + b_mag, 0).</summary>
    private void EncodeGated()
    {
        _magnitudes = DoubleMatrix.Product(_encoderInput, MagnitudeEncoder());
        _magnitudes.AddToRows(_parameters["b_mag"].Values);
        Latents = Relu(_magnitudes);
        for (int n = 0; n < Latents.Values.Length; n++)
        {
            Latents.Values[n] = PreActivations.Values[n] > 0 ? Latents.Values[n] : 0;
        }

        EdgesAtZero(PreActivations);
        EdgesAtZero(_magnitudes);
    }

    private DoubleMatrix MagnitudeEncoder()
    {
        DoubleMatrix encoder = _parameters["W_enc"].Clone();
        double[] scale = [.. _parameters["r_mag"].Values.Select(Math.Exp)];
        for (int row = 0; row < encoder.Rows; row++)
        {
            for (int i = 0; i < encoder.Columns; i++)
            {
                encoder[row, i] *= scale[i];
            }
        }

        return encoder;
    }

    /// <summary>The largest ReLU'd selection values p (z, or z |d_i|), of each row or of the batch.</summary>
    private void EncodeTopK()
    {
        DoubleMatrix values = PreActivations.Clone();
        for (int n = 0; _options.Rescale && n < values.Values.Length; n++)
        {
            values.Values[n] *= _norms[n % _norms.Length];
        }

        _selectionValues = values;
        DoubleMatrix positive = Relu(values);
        bool whole = _options.Arch == "batchtopk";
        int length = whole ? positive.Values.Length : positive.Columns;
        int count = (int)(whole ? _options.K * Rows : _options.K);
        Latents = Zeros();
        _kept = Zeros();
        for (int start = 0; start < positive.Values.Length; start += length)
        {
            (int[] kept, double gap) = TwinSelection.Largest(positive.Values.AsSpan(start, length), count);
            foreach (int index in kept)
            {
                _kept.Values[start + index] = 1;
                Latents.Values[start + index] = positive.Values[start + index];
            }

            Edge(gap);
        }

        EdgesAtZero(values);
    }

    private DoubleMatrix Zeros() => new(Rows, _norms.Length);

    private static DoubleMatrix Relu(DoubleMatrix matrix) => new(matrix.Rows, matrix.Columns, [.. matrix.Values.Select(value => Math.Max(value, 0))]);

    private void EdgesAtZero(DoubleMatrix matrix)
    {
        foreach (double value in matrix.Values)
        {
            Edge(value);
        }
    }
}
