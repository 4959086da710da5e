namespace Saltus.Tests.Models.Twin;

/// <summary>Rotary positions after models.md §5: what a config.json says, and the angles that follow.</summary>
/// <param name="Type">rope_type.</param>
/// <param name="Base">θ.</param>
/// <param name="Turning">r, dimensions of a head that turn.</param>
/// <param name="Longest">N, max_position_embeddings.</param>
/// <param name="Numbers">The other numbers, by their keys.</param>
internal sealed record TwinRope(string Type, double Base, int Turning, int Longest, IReadOnlyDictionary<string, double> Numbers)
{
    private readonly Dictionary<int, (double[] Frequencies, double Magnitude)> _angles = [];

    public double[] Short { get; init; } = [];

    public double[] Long { get; init; } = [];

    /// <summary>f_m for every pair, and A.</summary>
    private (double[] Frequencies, double Magnitude) Angles(int length)
    {
        double r = Turning;
        double original = Numbers.GetValueOrDefault("original_max_position_embeddings", Longest);
        double factor = Numbers.GetValueOrDefault("factor", 1);
        double theta = Type == "dynamic" && length > Longest ? Base * Math.Pow((factor * length / Longest) - factor + 1, r / (r - 2)) : Base;
        double[] f = [.. Enumerable.Range(0, Turning / 2).Select(m => Math.Pow(theta, -2 * m / r))];
        double magnitude = 1;
        if (Type == "linear")
        {
            f = [.. f.Select(value => value / factor)];
        }
        else if (Type == "llama3")
        {
            (double lo, double hi) = (Numbers["low_freq_factor"], Numbers["high_freq_factor"]);
            f =
            [
                .. f.Select(value =>
                {
                    double wave = 2 * Math.PI / value;
                    double s = ((original / wave) - lo) / (hi - lo);
                    return wave < original / hi ? value : wave > original / lo ? value / factor : ((1 - s) * value / factor) + (s * value);
                }),
            ];
        }
        else if (Type == "yarn")
        {
            double C(double beta) => r * Math.Log(original / (2 * Math.PI * beta)) / (2 * Math.Log(Base));
            double Mu(double k) => factor <= 1 ? 1 : 1 + (0.1 * k * Math.Log(factor));
            bool isRounded = Numbers.GetValueOrDefault("truncate", 1) != 0;
            double lo = C(Numbers.GetValueOrDefault("beta_fast", 32));
            double hi = C(Numbers.GetValueOrDefault("beta_slow", 1));
            (lo, hi) = isRounded ? (Math.Floor(lo), Math.Ceiling(hi)) : (lo, hi);
            (lo, hi) = (Math.Max(lo, 0), Math.Min(hi, r - 1));
            hi = lo == hi ? hi + 0.001 : hi;
            f = [.. f.Select((value, m) => Math.Clamp((m - lo) / (hi - lo), 0, 1)).Select((ramp, m) => (f[m] * (1 - ramp)) + (ramp * f[m] / factor))];
            magnitude = Numbers.TryGetValue("attention_factor", out double stated) ? stated
                : Numbers.TryGetValue("mscale", out double scale) ? Mu(scale) / Mu(Numbers["mscale_all_dim"]) : Mu(1);
        }
        else if (Type == "longrope")
        {
            f = [.. f.Select((value, m) => value / (length > original ? Long : Short)[m])];
            double stretch = Longest / original;
            magnitude = Numbers.TryGetValue("attention_factor", out double stated) ? stated
                : stretch <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(stretch) / Math.Log(original)));
        }

        return (f, magnitude);
    }

    /// <summary>Turns one head at a position.</summary>
    public double[] Turn(double[] head, int position, int length)
    {
        if (!_angles.TryGetValue(length, out (double[] Frequencies, double Magnitude) angles))
        {
            angles = Angles(length);
            _angles.Add(length, angles);
        }

        (double[] f, double magnitude) = angles;
        double[] result = [.. head];
        for (int m = 0; m < f.Length; m++)
        {
            (double cos, double sin) = (magnitude * Math.Cos(position * f[m]), magnitude * Math.Sin(position * f[m]));
            result[m] = (head[m] * cos) - (head[m + f.Length] * sin);
            result[m + f.Length] = (head[m + f.Length] * cos) + (head[m] * sin);
        }

        return result;
    }
}
