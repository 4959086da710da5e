using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Training.Twin;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>The float32 engine set up as a case says, its tensors under the reference's names and in its orientation.</summary>
internal sealed class EngineCase : IDisposable
{
    private readonly TrainingCase _golden;
    private readonly ActivationBatch _batch;
    private readonly string _encoderBias;
    private readonly string[] _extras;

    public EngineCase(WorkTeam team, TrainingCase golden, Func<TrainerOptions, TrainerOptions>? change = null)
    {
        _golden = golden;
        TwinOptions options = golden.Options;
        DoubleMatrix targets = golden.Targets(1);
        bool hasTarget = golden.TensorNames.Contains("y");
        Parameters = new SaeParameters(options.Latents, options.DIn, hasTarget ? targets.Columns : null, options.Skip);
        _encoderBias = options.Arch == "gated" ? "b_gate" : "b_enc";
        _extras = options.Arch switch
        {
            "jumprelu" => [options.Threshold == "log" ? "log_threshold" : "threshold"],
            "gated" => ["r_mag", "b_mag"],
            _ => [],
        };
        Load(golden.Initial());
        TrainerOptions trainer = EngineOptions.Trainer(options);
        Trainer = new Trainer(team, Parameters, EngineOptions.Method(options), change?.Invoke(trainer) ?? trainer, setsThresholds: false);
        _batch = new ActivationBatch(golden.Inputs(1).Rows, Parameters.BatchWidth);
    }

    public SaeParameters Parameters { get; }

    public Trainer Trainer { get; }

    /// <summary>The running threshold of a top-k method; for others its start, as the reference has it.</summary>
    public double Threshold => Trainer.Method switch
    {
        TopKMethod method => method.Threshold,
        BatchTopKMethod method => method.Threshold,
        _ => _golden.Options.EmaInit,
    };

    /// <summary>Forces one of the two ways to look at the bands of thresholds; null leaves the choice.</summary>
    public void ForceWide(bool? wide)
    {
        if (Trainer.Method is JumpReluMethod method)
        {
            method.ForceWide = wide;
        }
    }

    /// <summary>The batch of a step, the first being step 1.</summary>
    public TrainingStep Step(int step)
    {
        DoubleMatrix x = _golden.Inputs(step);
        DoubleMatrix y = _golden.Targets(step);
        for (int row = 0; row < x.Rows; row++)
        {
            Span<float> values = _batch.Vectors.Row(row);
            for (int j = 0; j < values.Length; j++)
            {
                values[j] = (float)(j < x.Columns ? x[row, j] : y[row, j - x.Columns]);
            }
        }

        _batch.Count = x.Rows;
        return Trainer.Step(_batch);
    }

    /// <summary>The parameters now.</summary>
    public NamedTensors Tensors() => Named(
        Parameters.EncoderWeights, Parameters.EncoderBias, Parameters.DecoderWeights, Parameters.DecoderBias, Parameters.Extras, Parameters.SkipWeights, 1);

    /// <summary>The gradients of the last step, where it was the first: with β1 above 0 its first moments hold them.</summary>
    public NamedTensors Gradients()
    {
        Moments moments = Trainer.Moments;
        return Named(
            moments.EncoderFirst!, moments.EncoderBiasFirst, moments.DecoderFirst!, moments.DecoderBiasFirst, moments.ExtraFirst, moments.SkipFirst,
            1 / (1 - Trainer.Options.Beta1));
    }

    public void Dispose()
    {
        Trainer.Dispose();
        Parameters.Dispose();
        _batch.Dispose();
    }

    private NamedTensors Named(
        Matrix encoder, float[] encoderBias, Matrix decoder, float[] decoderBias, IReadOnlyList<float[]> extras, Matrix? skip, double factor)
    {
        NamedTensors tensors = new()
        {
            ["W_enc"] = Transposed(encoder, factor),
            [_encoderBias] = Row(encoderBias, factor),
            ["W_dec"] = new DoubleMatrix(decoder.Rows, decoder.Columns, Row(decoder.Span, factor).Values),
            ["b_dec"] = Row(decoderBias, factor),
        };
        for (int extra = 0; extra < _extras.Length; extra++)
        {
            tensors[_extras[extra]] = Row(extras[extra], factor);
        }

        if (skip is not null)
        {
            tensors["W_skip"] = Transposed(skip, factor);
        }

        return tensors;
    }

    private void Load(NamedTensors initial)
    {
        string[] known = ["W_enc", _encoderBias, "W_dec", "b_dec", .. _extras, .. Parameters.SkipWeights is null ? (string[])[] : ["W_skip"]];
        Assert.Equal(known.Order(StringComparer.Ordinal), initial.Names.Order(StringComparer.Ordinal));
        CopyTransposed(initial["W_enc"], Parameters.EncoderWeights);
        Copy(initial["W_dec"], Parameters.DecoderWeights.Span);
        Copy(initial[_encoderBias], Parameters.EncoderBias);
        Copy(initial["b_dec"], Parameters.DecoderBias);
        for (int extra = 0; extra < _extras.Length; extra++)
        {
            Copy(initial[_extras[extra]], Parameters.Extras[extra]);
        }

        if (Parameters.SkipWeights is not null)
        {
            CopyTransposed(initial["W_skip"], Parameters.SkipWeights);
        }
    }

    private static void Copy(DoubleMatrix source, Span<float> target)
    {
        for (int n = 0; n < target.Length; n++)
        {
            target[n] = (float)source.Values[n];
        }
    }

    private static void CopyTransposed(DoubleMatrix source, Matrix target)
    {
        for (int row = 0; row < target.Rows; row++)
        {
            for (int column = 0; column < target.Columns; column++)
            {
                target.Row(row)[column] = (float)source[column, row];
            }
        }
    }

    private static DoubleMatrix Transposed(Matrix source, double factor)
    {
        DoubleMatrix result = new(source.Columns, source.Rows);
        for (int row = 0; row < source.Rows; row++)
        {
            for (int column = 0; column < source.Columns; column++)
            {
                result[column, row] = source.Row(row)[column] * factor;
            }
        }

        return result;
    }

    private static DoubleMatrix Row(ReadOnlySpan<float> values, double factor)
    {
        DoubleMatrix result = new(1, values.Length);
        for (int n = 0; n < values.Length; n++)
        {
            result.Values[n] = values[n] * factor;
        }

        return result;
    }
}
