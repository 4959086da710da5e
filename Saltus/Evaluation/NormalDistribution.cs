using Saltus.Kernels;

namespace Saltus.Evaluation;

/// <summary>The standard normal distribution, to about 1e-14 relative.</summary>
internal static class NormalDistribution
{
    private const double SeriesLimit = 3;
    private const int FractionTerms = 200;

    /// <summary>Computes P(Z ≤ z).</summary>
    /// <param name="z">Any number.</param>
    /// <returns>0 … 1.</returns>
    public static double Cumulative(double z)
    {
        if (double.IsNaN(z))
        {
            return double.NaN;
        }

        return z < 0 ? UpperTail(-z) : 1 - UpperTail(z);
    }

    /// <summary>Computes the z with P(Z ≤ z) = p: a start within 4.5e-4 (Abramowitz, Stegun 26.2.23), then Newton steps of third order (Halley).</summary>
    /// <param name="p">0 … 1; the ends give infinities.</param>
    /// <returns>The quantile; NaN outside 0 … 1.</returns>
    public static double Quantile(double p)
    {
        if (!(p >= 0 && p <= 1))
        {
            return double.NaN;
        }

        if (p is 0 or 1)
        {
            return p == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        if (p > 0.5)
        {
            return -Quantile(1 - p);
        }

        double t = Math.Sqrt(-2 * RealFunctions.Log(p));
        double z = (((0.010328 * t) + 0.802853) * t) + 2.515517;
        z = -(t - (z / (((((0.001308 * t) + 0.189269) * t) + 1.432788) * t + 1)));
        for (int step = 0; step < 3; step++)
        {
            double error = (Cumulative(z) - p) / Density(z);
            z -= error / (1 + (z * error / 2));
        }

        return z;
    }

    private static double Density(double z) => RealFunctions.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);

    private static double UpperTail(double z)
    {
        if (z <= SeriesLimit)
        {
            // P(0 < Z < z) = φ(z) (z + z³/3 + z⁵/(3·5) + …)
            double term = z, sum = z;
            for (int n = 3; term > sum * 1e-17; n += 2)
            {
                term *= z * z / n;
                sum += term;
            }

            return 0.5 - (Density(z) * sum);
        }

        // φ(z) / (z + 1/(z + 2/(z + 3/(z + …))))
        double fraction = z;
        for (int k = FractionTerms; k >= 1; k--)
        {
            fraction = z + (k / fraction);
        }

        return Density(z) / fraction;
    }
}
