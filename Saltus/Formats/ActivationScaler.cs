namespace Saltus.Formats;

/// <summary>
/// `activation_scaler.json` of a SAELens training checkpoint, and the statistics of whitening beside it: what training did to activations
/// before the SAE saw them, which the checkpoint's weights do not contain yet.
/// </summary>
/// <param name="Factor">What activations were multiplied by; null for nothing.</param>
/// <param name="Mean">What whitening subtracts, [d]; null where there is none.</param>
/// <param name="Whiten">P [d, d], row-major: z = (x − mean)·P.</param>
/// <param name="Restore">The inverse of P.</param>
internal sealed record ActivationScaler(double? Factor, double[]? Mean, double[] Whiten, double[] Restore)
{
    public const string FileName = "activation_scaler.json";
    private const string StatisticsName = "activation_whitening.safetensors";

    /// <summary>Reads what is there; a folder without the file has no scaler.</summary>
    public static ActivationScaler? Read(SaePlace place, int width)
    {
        if (!place.Has(FileName))
        {
            return null;
        }

        JsonFields fields = JsonFields.Read(place.Use(FileName));
        double? factor = fields.Has("scaling_factor") ? fields.GetDouble("scaling_factor") : null;
        if (factor <= 0)
        {
            throw fields.Invalid("scaling_factor", "a number above 0");
        }

        if (!fields.GetBoolean("has_whitening", false))
        {
            return new ActivationScaler(factor, null, [], []);
        }

        using SafetensorsFile file = SafetensorsFile.Open(place.Use(StatisticsName));
        return new ActivationScaler(factor, Take("mean", width), Take("matrix", width, width), Take("inverse_matrix", width, width));

        double[] Take(string name, params long[] shape)
        {
            file.Require(name, shape);
            double[] values = file.ReadFloat64(name);
            return Array.TrueForAll(values, double.IsFinite) ? values : throw new SaeFormatException(
                SaeFormatError.TensorValue, $"tensor '{name}' in '{file.Source}': expected finite numbers, found others");
        }
    }
}
