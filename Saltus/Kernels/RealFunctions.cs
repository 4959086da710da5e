namespace Saltus.Kernels;

/// <summary>
/// exp, log, powers, tanh and cos in float64, one number at a time: what schedules, controllers and penalties need where the value reaches weights.
/// The runtime's own functions are those of the machine's C library and differ between machines in the last place. Only additions, multiplications, fused
/// multiply-adds, divisions, roundings and the bits of exponents: equal everywhere. Relative error below 1e-15 (powers: below 1e-15 times 1 + |y·log x|).
/// </summary>
internal static class RealFunctions
{
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts: the first ends in 21 zero bits, so that its product with an exponent is exact.
    private const double Ln2High = 0.69314718036912382;
    private const double Ln2Low = 1.9082149292705877e-10;

    // Outside, exp is 0 or infinite in float64.
    private const double LowestExponent = -746;
    private const double HighestExponent = 710;

    private const long SqrtHalfBits = 0x3FE6A09E667F3BCD;
    private const long MantissaMask = 0x000FFFFFFFFFFFFF;
    private const int MantissaLength = 52;
    private const double TwoTo54 = 18014398509481984;

    // 1/13!, 1/12!, … 1/2!: the next term is below 1e-17 on |r| ≤ ln 2 / 2.
    private static readonly double[] s_exp = Factorials(13);

    private const int LogTerms = 12;
    private const int TanhLevels = 12;
    private const double SmallTanh = 0.5;
    private const double LargeTanh = 20;
    private const int CosTerms = 11;

    /// <summary>Computes exp(x). NaN gives NaN.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value; 0 or infinity beyond float64.</returns>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        double bounded = Math.Clamp(x, LowestExponent, HighestExponent);
        double n = Math.Round(bounded * Log2E);
        double r = Math.FusedMultiplyAdd(n, -Ln2Low, Math.FusedMultiplyAdd(n, -Ln2High, bounded));
        double sum = s_exp[0];
        foreach (double coefficient in s_exp.AsSpan(1))
        {
            sum = Math.FusedMultiplyAdd(sum, r, coefficient);
        }

        return Math.ScaleB(1 + Math.FusedMultiplyAdd(sum, r * r, r), (int)n);
    }

    /// <summary>Computes log(x). 0 gives −∞, what is below gives NaN.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static double Log(double x)
    {
        if (!(x > 0) || double.IsPositiveInfinity(x))
        {
            return x == 0 ? double.NegativeInfinity : x > 0 ? x : double.NaN;
        }

        bool isSmall = !double.IsNormal(x);
        long bits = BitConverter.DoubleToInt64Bits(isSmall ? x * TwoTo54 : x) - SqrtHalfBits;
        double k = (bits >> MantissaLength) - (isSmall ? 54 : 0);

        // Counting exponents from √½ puts the mantissa into [√½, √2).
        double f = BitConverter.Int64BitsToDouble((bits & MantissaMask) + SqrtHalfBits) - 1;
        double s = f / (2 + f);
        double z = s * s;
        double sum = 0;
        for (int term = LogTerms; term >= 1; term--)
        {
            sum = Math.FusedMultiplyAdd(sum, z, 2.0 / ((2 * term) + 1));
        }

        // log(1 + f) = f − (f²/2 − s·(f²/2 + R)): nothing cancels near 1.
        double half = 0.5 * f * f;
        double tail = Math.FusedMultiplyAdd(s, half + (sum * z), k * Ln2Low);
        return Math.FusedMultiplyAdd(k, Ln2High, f - (half - tail));
    }

    /// <summary>Computes x to the power y, for x ≥ 0.</summary>
    /// <param name="x">The base.</param>
    /// <param name="y">The exponent.</param>
    /// <returns>The value; 0 to the power 0 is 1.</returns>
    public static double Pow(double x, double y) => y == 0 || x == 1 ? 1 : Exp(y * Log(x));

    /// <summary>Computes tanh(x). NaN gives NaN.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static double Tanh(double x)
    {
        double magnitude = Math.Abs(x);
        if (magnitude >= SmallTanh)
        {
            return Math.CopySign(magnitude > LargeTanh ? 1 : 1 - (2 / (Exp(2 * magnitude) + 1)), x);
        }

        // Lambert's fraction x / (1 + x² / (3 + x² / (5 + …))).
        double denominator = (2 * TanhLevels) + 1;
        for (int level = TanhLevels - 1; level >= 0; level--)
        {
            denominator = (2 * level) + 1 + (x * x / denominator);
        }

        return x / denominator;
    }

    /// <summary>Computes cos(π·share) for a share of a half turn.</summary>
    /// <param name="share">0 … 1.</param>
    /// <returns>1 … −1.</returns>
    public static double CosPi(double share)
    {
        if (share > 0.5)
        {
            return -CosPi(1 - share);
        }

        double z = Math.PI * share * (Math.PI * share);
        double sum = 1;
        for (int term = CosTerms; term >= 1; term--)
        {
            sum = 1 - (z * sum / (2.0 * term * ((2 * term) - 1)));
        }

        return sum;
    }

    private static double[] Factorials(int last)
    {
        double[] result = new double[last - 1];
        double factorial = 1;
        for (int n = 2; n <= last; n++)
        {
            factorial *= n;
            result[last - n] = 1 / factorial;
        }

        return result;
    }
}
