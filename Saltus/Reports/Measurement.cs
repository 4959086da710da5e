namespace Saltus.Reports;

/// <summary>A measured number, with its 95 % confidence interval where there is one. A number alone converts to it.</summary>
/// <param name="Value">The measured number; NaN is shown as not available.</param>
/// <param name="Interval">The interval, or null.</param>
public readonly record struct Measurement(double Value, ConfidenceInterval? Interval = null)
{
    /// <summary>Makes a measurement without an interval.</summary>
    /// <param name="value">The measured number.</param>
    public static implicit operator Measurement(double value) => new(value);

    /// <summary>Makes a measurement without an interval.</summary>
    /// <param name="value">The measured number.</param>
    /// <returns>The measurement.</returns>
    public static Measurement FromDouble(double value) => new(value);
}
