using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Evaluation;

/// <summary>
/// Sums what batches of vectors, their latents and their reconstructions say about an SAE. Everything is summed in double, vector after
/// vector: the result depends on the order of the vectors, but neither on how they are cut into batches nor on the number of threads.
/// </summary>
public sealed partial class ReconstructionAccumulator
{
    private readonly int _width;
    private readonly double[]? _givenMean;
    private readonly ColumnMoments _input;
    private readonly ColumnMoments _error;
    private VectorMeasures[] _rows = [];
    private double[] _deviations = [];
    private int _rowCount;
    private double _active;
    private double _activationSum;
    private double _errorSquared;
    private double _errorNorm;
    private double _inputSquared;
    private double _outputSquared;
    private double _product;
    private double _cosine;
    private double _ratio;
    private long _ratioCount;
    private double _inputNorm;
    private double _outputNorm;
    private double _deviation;
    private double _explainedPerToken;

    /// <summary>Creates an empty accumulator that finds the mean of the vectors as it goes.</summary>
    /// <param name="width">Width of the vectors that are reconstructed.</param>
    /// <param name="latents">Number of latents, M.</param>
    public ReconstructionAccumulator(int width, int latents)
        : this(width, latents, null)
    {
    }

    /// <summary>Creates an empty accumulator that measures variance about a mean known beforehand.</summary>
    /// <param name="width">Width of the vectors that are reconstructed.</param>
    /// <param name="latents">Number of latents, M.</param>
    /// <param name="mean">The mean, [width]; copied. With one, <see cref="ReconstructionMetrics.ExplainedVariancePerToken"/> is available.</param>
    /// <exception cref="ArgumentException">The mean does not have <paramref name="width"/> values.</exception>
    public ReconstructionAccumulator(int width, int latents, double[]? mean)
    {
        if (mean is not null && mean.Length != width)
        {
            throw new ArgumentException($"the mean has {mean.Length} values, expected {width}", nameof(mean));
        }

        _width = width;
        _givenMean = (double[]?)mean?.Clone();
        _input = new ColumnMoments(width);
        _error = new ColumnMoments(width);
        Latents = new LatentCounter(latents);
    }

    /// <summary>Gets how often and how strongly each latent was active.</summary>
    public LatentCounter Latents { get; }

    /// <summary>Gets the number of vectors so far.</summary>
    public long Count => _input.Count;

    /// <summary>Gets the mean of the vectors so far, [width].</summary>
    public ReadOnlySpan<double> Mean => _input.Mean;

    /// <summary>Gets the measures of the vectors of the last batch, in order; valid until the next.</summary>
    public ReadOnlySpan<VectorMeasures> LastBatch => _rows.AsSpan(0, _rowCount);

    /// <summary>Adds a batch.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="x">The vectors that are reconstructed (a transcoder's target), [B, width].</param>
    /// <param name="activations">Their latents, B rows.</param>
    /// <param name="reconstruction">x̂, [B, width].</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public void Add(WorkTeam team, Matrix x, SparseActivations activations, Matrix reconstruction)
    {
        if (x.Columns != _width || reconstruction.Columns != _width || reconstruction.Rows != x.Rows || activations.Rows != x.Rows)
        {
            throw new ArgumentException(
                $"shape mismatch: x [{x.Rows}, {x.Columns}], latents of {activations.Rows} vectors, " +
                $"reconstruction [{reconstruction.Rows}, {reconstruction.Columns}], expected width {_width}");
        }

        Latents.Add(activations);
        _rowCount = x.Rows;
        if (_rows.Length < _rowCount)
        {
            _rows = new VectorMeasures[_rowCount];
            _deviations = new double[_rowCount];
        }

        team.Run(_rowCount, row =>
        {
            _rows[row] = Measure(x.Row(row), activations.ValuesOf(row), reconstruction.Row(row));
            _deviations[row] = _givenMean is null ? 0 : SquaredDistance(x.Row(row), _givenMean);
        });
        _input.Add(team, x, null);
        _error.Add(team, x, reconstruction);
        for (int row = 0; row < _rowCount; row++)
        {
            AddSums(_rows[row], _deviations[row]);
        }
    }

    /// <summary>Computes the averages over all vectors so far.</summary>
    /// <returns>The metrics; NaN where there is nothing to divide by.</returns>
    public ReconstructionMetrics Result()
    {
        double n = Count;
        double deviation = _givenMean is null ? _input.TotalDeviation : _deviation;
        return new ReconstructionMetrics
        {
            Tokens = Count,
            L0 = _active / n,
            L1 = _activationSum / n,
            MeanSquaredError = _errorSquared / n,
            MeanErrorNorm = _errorNorm / n,
            Fvu = _errorSquared / deviation,
            ExplainedVariancePerToken = _givenMean is null ? null : _explainedPerToken / n,
            ExplainedVarianceOfResidual = 1 - (_error.TotalDeviation / _input.TotalDeviation),
            ExplainedVarianceAboutZero = 1 - (_errorSquared / _inputSquared),
            Cosine = _cosine / n,
            NormRatio = _ratio / _ratioCount,
            InputNorm = _inputNorm / n,
            OutputNorm = _outputNorm / n,
            RelativeReconstructionBias = _outputSquared / _product,
        };
    }

    private static VectorMeasures Measure(ReadOnlySpan<float> x, ReadOnlySpan<float> values, ReadOnlySpan<float> reconstruction)
    {
        int active = 0;
        double activationSum = 0;
        foreach (float value in values)
        {
            active += value != 0 ? 1 : 0;
            activationSum += Math.Abs((double)value);
        }

        double inputSquared = 0, outputSquared = 0, product = 0, errorSquared = 0;
        for (int j = 0; j < x.Length; j++)
        {
            double a = x[j], b = reconstruction[j], error = a - b;
            inputSquared += a * a;
            outputSquared += b * b;
            product += a * b;
            errorSquared += error * error;
        }

        return new VectorMeasures(active, activationSum, inputSquared, outputSquared, product, errorSquared);
    }

    private static double SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<double> mean)
    {
        double sum = 0;
        for (int j = 0; j < x.Length; j++)
        {
            double difference = x[j] - mean[j];
            sum += difference * difference;
        }

        return sum;
    }

    private void AddSums(in VectorMeasures row, double deviation)
    {
        double inputNorm = Math.Sqrt(row.InputSquared), outputNorm = Math.Sqrt(row.OutputSquared);
        _active += row.Active;
        _activationSum += row.ActivationSum;
        _errorSquared += row.ErrorSquared;
        _errorNorm += Math.Sqrt(row.ErrorSquared);
        _inputSquared += row.InputSquared;
        _outputSquared += row.OutputSquared;
        _product += row.Product;
        _cosine += row.Cosine;
        _inputNorm += inputNorm;
        _outputNorm += outputNorm;
        _deviation += deviation;
        _explainedPerToken += 1 - (row.ErrorSquared / deviation);
        if (inputNorm > 0)
        {
            _ratio += outputNorm / inputNorm;
            _ratioCount++;
        }
    }
}
