namespace Saltus.Tests.Training.Twin;

/// <summary>
/// The training step in float64, written to be read: options, first parameters and batches in; parameters, gradients, moments, losses and thresholds out after
/// any number of steps. Order of an update: raw gradient, projection, clip, Adam, unit norm, clamp.
/// </summary>
internal sealed class TwinTrainer
{
    private readonly TwinOptions _options;
    private readonly TwinThresholdAverage _thresholdAverage;

    /// <param name="options">What to train.</param>
    /// <param name="initial">Copied.</param>
    public TwinTrainer(TwinOptions options, NamedTensors initial)
    {
        _options = options.Validate();
        _thresholdAverage = new TwinThresholdAverage(options);
        DeadLatents = new TwinDeadLatents(options);
        Parameters = initial.Clone();
        FirstMoments = initial.ZeroLike();
        SecondMoments = initial.ZeroLike();
    }

    public NamedTensors Parameters { get; }

    /// <summary>Adam's m, not bias-corrected.</summary>
    public NamedTensors FirstMoments { get; }

    /// <summary>Adam's v, not bias-corrected.</summary>
    public NamedTensors SecondMoments { get; }

    public TwinDeadLatents DeadLatents { get; }

    /// <summary>Steps made; the schedules' t of the next step.</summary>
    public int Steps { get; private set; }

    /// <summary>One optimiser step.</summary>
    /// <param name="x">Inputs [B, d].</param>
    /// <param name="y">Targets [B, o]; null: the inputs.</param>
    public TwinStep Step(DoubleMatrix x, DoubleMatrix? y = null)
    {
        double learningRate = TwinSchedules.LearningRate(_options, Steps);
        double coefficient = TwinSchedules.Coefficient(_options, Steps);
        TwinPass pass = new(_options, Parameters, x, y ?? x, coefficient, DeadLatents.Judge);
        DeadLatents.AfterPass(pass.Latents);
        _thresholdAverage.Update(pass.Latents, Steps);
        NamedTensors used = pass.Gradients.Clone();
        if (_options.Project)
        {
            Project(used["W_dec"]);
        }

        if (_options.Clip != 0)
        {
            ClipTo(used, _options.Clip);
        }

        Steps++;
        Adam(used, learningRate);
        Constrain();
        return new TwinStep(pass, used, learningRate, coefficient, _thresholdAverage.Value);
    }

    /// <summary>Removes from each row's gradient the component along that decoder row.</summary>
    private void Project(DoubleMatrix gradient)
    {
        for (int i = 0; i < gradient.Rows; i++)
        {
            Span<double> row = Parameters["W_dec"].Row(i);
            double along = DoubleMatrix.Dot(gradient.Row(i), row) / DoubleMatrix.Dot(row, row);
            for (int j = 0; j < row.Length; j++)
            {
                gradient[i, j] -= along * row[j];
            }
        }
    }

    private static void ClipTo(NamedTensors gradients, double limit)
    {
        double norm = Math.Sqrt(gradients.Sum(pair => DoubleMatrix.Dot(pair.Value.Values, pair.Value.Values)));
        double scale = Math.Min(1, limit / (norm + 1e-6));
        foreach ((_, DoubleMatrix gradient) in gradients)
        {
            foreach (ref double value in gradient.Values.AsSpan())
            {
                value *= scale;
            }
        }
    }

    private void Adam(NamedTensors gradients, double learningRate)
    {
        double firstCorrection = 1 - Math.Pow(_options.Beta1, Steps);
        double secondCorrection = 1 - Math.Pow(_options.Beta2, Steps);
        foreach ((string name, DoubleMatrix gradient) in gradients)
        {
            double[] parameter = Parameters[name].Values;
            double[] m = FirstMoments[name].Values;
            double[] v = SecondMoments[name].Values;
            for (int n = 0; n < parameter.Length; n++)
            {
                double g = gradient.Values[n];
                m[n] = (_options.Beta1 * m[n]) + ((1 - _options.Beta1) * g);
                v[n] = (_options.Beta2 * v[n]) + ((1 - _options.Beta2) * g * g);
                parameter[n] -= learningRate * (m[n] / firstCorrection) / (Math.Sqrt(v[n] / secondCorrection) + _options.Eps);
            }
        }
    }

    private void Constrain()
    {
        DoubleMatrix decoder = Parameters["W_dec"];
        for (int i = 0; _options.UnitNorm && i < decoder.Rows; i++)
        {
            double norm = Math.Sqrt(DoubleMatrix.Dot(decoder.Row(i), decoder.Row(i)));
            foreach (ref double value in decoder.Row(i))
            {
                value /= norm;
            }
        }

        if (_options.ClampThreshold)
        {
            foreach (ref double threshold in Parameters["threshold"].Values.AsSpan())
            {
                threshold = Math.Max(threshold, 0);
            }
        }
    }
}
