using Saltus.Evaluation;

namespace Saltus.Lm.Models;

/// <summary>Collects the largest error of a tensor, handed over row by row.</summary>
/// <param name="name">The tensor.</param>
/// <param name="isByRow">Whether errors are taken relative to the largest value of their row.</param>
internal sealed class ErrorMeter(string name, bool isByRow = false)
{
    /// <summary>
    /// Two honest float32 programs differ by at most twice 1e-5 of a tensor's largest value on random models; a mistake in a formula costs
    /// ten times this and more.
    /// </summary>
    public const double Tolerance = 3e-5;

    private double _error;
    private double _scale;

    /// <summary>Takes some values.</summary>
    /// <param name="actual">Ours.</param>
    /// <param name="expected">The reference's, as many.</param>
    public void Add(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        double error = 0;
        double scale = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double difference = Math.Abs((double)actual[i] - expected[i]);
            error = Math.Max(error, double.IsNaN(difference) ? double.PositiveInfinity : difference);
            scale = Math.Max(scale, Math.Abs((double)expected[i]));
        }

        if (isByRow)
        {
            error = error == 0 ? 0 : error / scale;
            scale = 1;
        }

        _error = Math.Max(_error, error);
        _scale = Math.Max(_scale, scale);
    }

    /// <summary>Takes one value.</summary>
    public void Add(double actual, float expected) => Add([(float)actual], [expected]);

    /// <summary>What came out.</summary>
    /// <param name="absolute">A tolerance that is not relative to the tensor's largest value.</param>
    public TensorComparison Finish(double? absolute = null)
    {
        double tolerance = absolute ?? Tolerance * _scale;
        string? note = isByRow ? "relative to the largest value of each row" : null;
        return new TensorComparison(name, _error <= tolerance ? ComparisonStatus.Within : ComparisonStatus.Beyond, _error, _scale, tolerance, note);
    }
}
