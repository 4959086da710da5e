namespace Saltus.Evaluation;

/// <summary>
/// Collects the errors of a tensor row by row against |a − b| ≤ 1e-4·|b| + 1e-4·max|row of b|, and keeps the value that is worst against
/// its own tolerance.
/// </summary>
/// <param name="name">The tensor.</param>
internal sealed class RowErrorMeter(string name)
{
    /// <summary>Float32 sums in another order differ by a tenth of this; decisions that fall otherwise cost ten times as much and more.</summary>
    public const double Tolerance = 1e-4;

    private double _worst;
    private double _error;
    private double _tolerance;
    private double _scale;
    private int _rows;
    private long _otherLatents;
    private bool _isLatents;

    /// <summary>Takes a row.</summary>
    /// <param name="actual">Ours.</param>
    /// <param name="expected">The reference's, as many.</param>
    public void Add(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        double largest = 0;
        foreach (float value in expected)
        {
            largest = Math.Max(largest, Math.Abs((double)value));
        }

        _scale = Math.Max(_scale, largest);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs((double)actual[i] - expected[i]);
            double allowed = (Tolerance * Math.Abs((double)expected[i])) + (Tolerance * largest);
            double ratio = error == 0 ? 0 : double.IsNaN(error) || allowed == 0 ? double.PositiveInfinity : error / allowed;
            if (ratio > _worst || _rows + i == 0)
            {
                (_worst, _error, _tolerance) = (ratio, double.IsNaN(error) ? double.PositiveInfinity : error, allowed);
            }
        }

        _rows++;
    }

    /// <summary>Takes a row of latents, of which also the set that is active must be the same.</summary>
    /// <param name="latents">Active ones, ascending.</param>
    /// <param name="values">Theirs.</param>
    /// <param name="expected">The reference's row, dense.</param>
    public void AddLatents(ReadOnlySpan<int> latents, ReadOnlySpan<float> values, ReadOnlySpan<float> expected)
    {
        _isLatents = true;
        float[] dense = new float[expected.Length];
        for (int i = 0; i < latents.Length; i++)
        {
            dense[latents[i]] = values[i];
        }

        for (int latent = 0; latent < dense.Length; latent++)
        {
            _otherLatents += dense[latent] != 0 != (expected[latent] != 0) ? 1 : 0;
        }

        Add(dense, expected);
    }

    /// <summary>What came out.</summary>
    public TensorComparison Finish()
    {
        string? note = !_isLatents ? null
            : _otherLatents == 0 ? $"the same latents are active in all {_rows} rows"
            : $"{_otherLatents} latents are active on one side only";
        bool isWithin = _worst <= 1 && _otherLatents == 0;
        return new TensorComparison(name, isWithin ? ComparisonStatus.Within : ComparisonStatus.Beyond, _error, _scale, _tolerance, note);
    }
}
