namespace Saltus.Tests.Training.Twin;

/// <summary>The kernels K of the straight-through estimators, each with unit integral. All but the Gaussian have a support that excludes its ends.</summary>
internal static class TwinKernel
{
    /// <summary>K(u).</summary>
    public static double Value(string kernel, double u)
    {
        double a = Math.Abs(u);
        return kernel switch
        {
            "rectangle" => a < 0.5 ? 1 : 0,
            "triangle" => Math.Max(1 - a, 0),
            "epanechnikov" => 0.75 * Math.Max(1 - (a * a), 0),
            "gaussian" => Math.Exp(-0.5 * u * u) / Math.Sqrt(2 * Math.PI),
            _ => throw new InvalidDataException($"option kernel: unknown value '{kernel}'"),
        };
    }

    /// <summary>Where the support ends; for the Gaussian so far out that no value comes near.</summary>
    public static double HalfWidth(string kernel) => kernel switch
    {
        "rectangle" => 0.5,
        "triangle" or "epanechnikov" => 1,
        "gaussian" => 9,
        _ => throw new InvalidDataException($"option kernel: unknown value '{kernel}'"),
    };
}
