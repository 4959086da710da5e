using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Evaluation;

/// <summary>Sums vectors, latents and reconstructions as SAEBench's core evaluation does, batch by batch; in double, vector after vector.</summary>
/// <param name="width">Width of the vectors.</param>
/// <param name="latents">Number of latents, M.</param>
public sealed class SaeBenchMeter(int width, int latents)
{
    /// <summary>Below this length SAEBench divides by 1.</summary>
    private const double ShortNorm = 1e-4;

    private readonly ReconstructionAccumulator _all = new(width, latents);
    private readonly long[] _positiveTokens = new long[latents];
    private readonly long[] _positivePrompts = new long[latents];
    private readonly int[] _lastPrompt = [.. Enumerable.Repeat(-1, latents)];
    private int _batches;
    private int _prompts;
    private double _biases;
    private double _ratio;
    private double _signedSum;
    private double _errorOfBatch;
    private double _explainedPerToken;
    private double _inputSquares;
    private double _errorSquares;

    /// <summary>Adds one batch.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="x">The vectors, [B, width].</param>
    /// <param name="activations">Their latents, B rows.</param>
    /// <param name="reconstruction">x̂, [B, width].</param>
    /// <param name="promptStarts">The first row of each prompt, ascending, from 0.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or the prompts do not begin at row 0.</exception>
    public void Add(WorkTeam team, Matrix x, SparseActivations activations, Matrix reconstruction, ReadOnlySpan<int> promptStarts)
    {
        if (promptStarts.IsEmpty || promptStarts[0] != 0)
        {
            throw new ArgumentException("the first prompt begins at row 0", nameof(promptStarts));
        }

        _all.Add(team, x, activations, reconstruction);
        ReadOnlySpan<VectorMeasures> rows = _all.LastBatch;
        ColumnMoments moments = new(width);
        moments.Add(team, x, null);
        double inputSquared = 0, outputSquared = 0, product = 0, errorSquared = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            VectorMeasures measures = rows[row];
            inputSquared += measures.InputSquared;
            outputSquared += measures.OutputSquared;
            product += measures.Product;
            errorSquared += measures.ErrorSquared;
            double inputNorm = Math.Sqrt(measures.InputSquared);
            _ratio += Math.Sqrt(measures.OutputSquared) / (inputNorm < ShortNorm ? 1 : inputNorm);
            _explainedPerToken += 1 - (measures.ErrorSquared / SquaredDistance(x.Row(row), moments.Mean));
            CountLatents(activations, row, promptStarts.Contains(row));
        }

        _biases += outputSquared / product;
        _errorOfBatch += errorSquared / rows.Length;
        _inputSquares += inputSquared / rows.Length;
        _errorSquares += errorSquared / rows.Length;
        _batches++;
    }

    /// <summary>Computes the averages.</summary>
    /// <returns>The metrics; NaN where there is nothing to divide by.</returns>
    public SaeBenchVectors Result()
    {
        ReconstructionMetrics metrics = _all.Result();
        double n = _all.Count, squares = _inputSquares / _batches;
        return new SaeBenchVectors
        {
            Tokens = _all.Count,
            Batches = _batches,
            InputNorm = metrics.InputNorm,
            OutputNorm = metrics.OutputNorm,
            NormRatio = _ratio / n,
            RelativeReconstructionBias = _biases / _batches,
            L0 = metrics.L0,
            L1 = _signedSum / n,
            ExplainedVariance = 1 - (_errorSquares / _batches / (squares - Math.Pow(squares / width, 2))),
            ExplainedVarianceLegacy = _explainedPerToken / n,
            MeanSquaredError = _errorOfBatch / n,
            Cosine = metrics.Cosine,
            Density = [.. _positiveTokens.Select(count => count / n)],
            TokensPerActivePrompt = [.. _positiveTokens.Zip(_positivePrompts, (tokens, prompts) => (double)tokens / prompts)],
        };
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

    private void CountLatents(SparseActivations activations, int row, bool beginsPrompt)
    {
        _prompts += beginsPrompt ? 1 : 0;
        ReadOnlySpan<int> active = activations.LatentsOf(row);
        ReadOnlySpan<float> values = activations.ValuesOf(row);
        for (int i = 0; i < active.Length; i++)
        {
            _signedSum += values[i];
            if (values[i] > 0)
            {
                _positiveTokens[active[i]]++;
                _positivePrompts[active[i]] += _lastPrompt[active[i]] == _prompts ? 0 : 1;
                _lastPrompt[active[i]] = _prompts;
            }
        }
    }
}
