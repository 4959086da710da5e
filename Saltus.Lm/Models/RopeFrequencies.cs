namespace Saltus.Lm.Models;

/// <summary>
/// The angles of rotary positions, in float64: pair m of a head turns by position·f_m, and cos and sin are multiplied by
/// <see cref="Magnitude"/>.
/// </summary>
internal sealed class RopeFrequencies
{
    private RopeFrequencies(double[] values, double magnitude)
    {
        Values = values;
        Magnitude = magnitude;
    }

    /// <summary>The frequencies, radians a token; half as many as dimensions turn.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The factor on cos and sin.</summary>
    public double Magnitude { get; }

    /// <summary>Which set of angles a sequence of this length gets: sequences with equal keys share a table.</summary>
    /// <param name="settings">Rotary positions of a layer.</param>
    /// <param name="length">Tokens of the sequence.</param>
    /// <returns>0 for the usual angles; the length itself where every length has its own.</returns>
    public static int Variant(RopeSettings settings, int length) => settings.Kind switch
    {
        RopeKind.Dynamic => length <= settings.MaxPositions ? 0 : length,
        RopeKind.LongRope => length <= settings.OriginalMaxPositions ? 0 : 1,
        _ => 0,
    };

    /// <summary>Computes the frequencies for a sequence.</summary>
    /// <param name="settings">Rotary positions of a layer.</param>
    /// <param name="length">Tokens of the sequence.</param>
    /// <returns>The frequencies.</returns>
    public static RopeFrequencies Compute(RopeSettings settings, int length)
    {
        double r = settings.Dimensions;
        double theta = settings.Base;
        if (settings.Kind == RopeKind.Dynamic && length > settings.MaxPositions)
        {
            double stretch = (settings.Factor * length / settings.MaxPositions) - (settings.Factor - 1);
            theta *= Math.Pow(stretch, r / (r - 2));
        }

        double[] values = new double[settings.Dimensions / 2];
        for (int m = 0; m < values.Length; m++)
        {
            values[m] = Math.Pow(theta, -2.0 * m / r);
        }

        switch (settings.Kind)
        {
            case RopeKind.Linear:
                Scale(values, _ => 1 / settings.Factor);
                break;
            case RopeKind.Llama3:
                Llama3(values, settings);
                break;
            case RopeKind.Yarn:
                Yarn(values, settings);
                break;
            case RopeKind.LongRope:
                IReadOnlyList<double> divisors = length > settings.OriginalMaxPositions ? settings.LongFactors : settings.ShortFactors;
                Scale(values, m => 1 / divisors[m]);
                break;
        }

        return new RopeFrequencies(values, ComputeMagnitude(settings));
    }

    private static void Scale(double[] values, Func<int, double> factor)
    {
        for (int m = 0; m < values.Length; m++)
        {
            values[m] *= factor(m);
        }
    }

    private static void Llama3(double[] values, RopeSettings settings)
    {
        double original = settings.OriginalMaxPositions;
        (double low, double high) = (settings.LowFrequencyFactor, settings.HighFrequencyFactor);
        for (int m = 0; m < values.Length; m++)
        {
            double wavelength = 2 * Math.PI / values[m];
            if (wavelength < original / high)
            {
                continue;
            }

            double stretched = values[m] / settings.Factor;
            double share = ((original / wavelength) - low) / (high - low);
            values[m] = wavelength > original / low ? stretched : ((1 - share) * stretched) + (share * values[m]);
        }
    }

    private static void Yarn(double[] values, RopeSettings settings)
    {
        double r = settings.Dimensions;
        double Dimension(double turns) => r * Math.Log(settings.OriginalMaxPositions / (2 * Math.PI * turns)) / (2 * Math.Log(settings.Base));

        double low = Dimension(settings.BetaFast);
        double high = Dimension(settings.BetaSlow);
        if (settings.Truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, r - 1);
        if (low == high)
        {
            high += 0.001;
        }

        Scale(values, m =>
        {
            double ramp = Math.Clamp((m - low) / (high - low), 0, 1);
            return 1 - ramp + (ramp / settings.Factor);
        });
    }

    private static double ComputeMagnitude(RopeSettings settings)
    {
        switch (settings.Kind)
        {
            case RopeKind.Yarn:
                double Magnitude(double scale) => settings.Factor <= 1 ? 1 : 1 + (0.1 * scale * Math.Log(settings.Factor));
                if (settings.AttentionFactor is { } stated)
                {
                    return stated;
                }

                // As transformers tests them: a zero counts as absent.
                return settings.MagnitudeScale is { } scale and not 0 && settings.MagnitudeScaleAllDimensions is { } all and not 0
                    ? Magnitude(scale) / Magnitude(all)
                    : Magnitude(1);
            case RopeKind.LongRope:
                double factor = (double)settings.MaxPositions / settings.OriginalMaxPositions;
                return settings.AttentionFactor ?? (factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(settings.OriginalMaxPositions))));
            default:
                return 1;
        }
    }
}
