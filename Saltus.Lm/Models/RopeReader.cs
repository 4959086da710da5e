using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <summary>Reads rotary positions in both spellings: rope_parameters, or rope_theta and rope_scaling beside their kin.</summary>
internal static class RopeReader
{
    private static readonly HashSet<string> s_known =
    [
        "rope_type", "type", "rope_theta", "partial_rotary_factor", "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings",
        "beta_fast", "beta_slow", "truncate", "attention_factor", "mscale", "mscale_all_dim", "short_factor", "long_factor",
    ];

    /// <summary>Reads the one rope of all layers.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="headWidth">Width of a head.</param>
    /// <param name="maxPositions">Longest sequence stated.</param>
    /// <param name="baseKey">Key of the base in the older spelling.</param>
    /// <param name="shareKey">Key of the share of a head that turns in the older spelling.</param>
    /// <param name="absentShare">The share where none is stated.</param>
    public static RopeSettings Read(
        ModelConfigurationReader reader, int headWidth, int maxPositions, string baseKey = "rope_theta", string shareKey = "partial_rotary_factor",
        double absentShare = 1)
    {
        const double AbsentBase = 10000;
        double olderBase = reader.Positive(baseKey, AbsentBase);
        double olderShare = reader.Positive(shareKey, absentShare);
        JsonFields? scaling = reader.FindObject("rope_scaling");
        JsonFields? parameters = reader.FindObject("rope_parameters");
        return Build(reader, parameters ?? scaling, headWidth, maxPositions, olderBase, olderShare);
    }

    /// <summary>Reads gemma3's two ropes.</summary>
    /// <returns>The rope of full layers and that of sliding ones.</returns>
    public static (RopeSettings Full, RopeSettings Sliding) ReadPair(ModelConfigurationReader reader, int headWidth, int maxPositions)
    {
        const double AbsentFullBase = 1e6;
        const double AbsentSlidingBase = 1e4;
        double fullBase = reader.Positive("rope_theta", AbsentFullBase);
        double slidingBase = reader.Positive("rope_local_base_freq", AbsentSlidingBase);
        JsonFields? scaling = reader.FindObject("rope_scaling");
        JsonFields? parameters = reader.FindObject("rope_parameters");
        foreach (string key in parameters?.Keys ?? [])
        {
            if (key is not ("full_attention" or "sliding_attention"))
            {
                throw reader.Contradiction($"rope_parameters: expected full_attention and sliding_attention, found '{key}'");
            }
        }

        return (
            Build(reader, parameters?.FindObject("full_attention") ?? scaling, headWidth, maxPositions, fullBase, 1),
            Build(reader, parameters?.FindObject("sliding_attention"), headWidth, maxPositions, slidingBase, 1));
    }

    private static RopeSettings Build(
        ModelConfigurationReader reader, JsonFields? fields, int headWidth, int maxPositions, double absentBase, double absentShare)
    {
        string? stranger = fields?.Keys.FirstOrDefault(key => !s_known.Contains(key));
        if (stranger is not null)
        {
            throw new ModelException(
                ModelError.UnknownRope, $"'{reader.Source}': rope parameter '{stranger}' is not known, so the angles would be wrong; remove it if it has no effect");
        }

        double share = Number(fields, "partial_rotary_factor") ?? absentShare;
        int dimensions = (int)(headWidth * share);
        if (share > 1 || dimensions < 2 || dimensions % 2 != 0)
        {
            throw reader.Contradiction($"rope: expected an even number of turning dimensions, found {share} of a head of {headWidth}");
        }

        RopeSettings plain = new()
        {
            Base = CheckPositive(reader, "rope_theta", Number(fields, "rope_theta") ?? absentBase),
            Dimensions = dimensions,
            MaxPositions = maxPositions,
            OriginalMaxPositions = fields?.Has("original_max_position_embeddings") == true
                ? fields.GetPositive("original_max_position_embeddings")
                : maxPositions,
        };
        return fields is null ? plain : WithKind(reader, fields, plain);
    }

    private static RopeSettings WithKind(ModelConfigurationReader reader, JsonFields fields, RopeSettings plain)
    {
        string type = fields.GetString("rope_type", null) ?? fields.GetString("type", "default");
        switch (type)
        {
            case "default":
                return plain;
            case "linear":
                return plain with { Kind = RopeKind.Linear, Factor = Factor(reader, fields) };
            case "dynamic":
                return plain with { Kind = RopeKind.Dynamic, Factor = Factor(reader, fields) };
            case "llama3":
                RopeSettings llama = plain with
                {
                    Kind = RopeKind.Llama3,
                    Factor = Factor(reader, fields),
                    LowFrequencyFactor = CheckPositive(reader, "low_freq_factor", fields.GetDouble("low_freq_factor")),
                    HighFrequencyFactor = CheckPositive(reader, "high_freq_factor", fields.GetDouble("high_freq_factor")),
                };
                return llama.HighFrequencyFactor > llama.LowFrequencyFactor
                    ? llama
                    : throw reader.Contradiction($"rope: expected high_freq_factor above low_freq_factor, found {llama.HighFrequencyFactor} and {llama.LowFrequencyFactor}");
            case "yarn":
                return plain with
                {
                    Kind = RopeKind.Yarn,
                    Factor = Factor(reader, fields),
                    BetaFast = CheckPositive(reader, "beta_fast", fields.GetDouble("beta_fast", plain.BetaFast)),
                    BetaSlow = CheckPositive(reader, "beta_slow", fields.GetDouble("beta_slow", plain.BetaSlow)),
                    Truncate = fields.GetBoolean("truncate", defaultValue: true),
                    AttentionFactor = Number(fields, "attention_factor"),
                    MagnitudeScale = Number(fields, "mscale"),
                    MagnitudeScaleAllDimensions = Number(fields, "mscale_all_dim"),
                };
            case "longrope":
                return plain with
                {
                    Kind = RopeKind.LongRope,
                    AttentionFactor = Number(fields, "attention_factor"),
                    ShortFactors = Divisors(reader, fields, "short_factor", plain.Dimensions / 2),
                    LongFactors = Divisors(reader, fields, "long_factor", plain.Dimensions / 2),
                };
            default:
                throw new ModelException(
                    ModelError.UnknownRope, $"'{reader.Source}': rope_type: expected default, linear, dynamic, llama3, yarn or longrope, found '{type}'");
        }
    }

    private static double Factor(ModelConfigurationReader reader, JsonFields fields) => CheckPositive(reader, "factor", fields.GetDouble("factor"));

    private static double? Number(JsonFields? fields, string key) => fields?.Has(key) == true ? fields.GetDouble(key) : null;

    private static double CheckPositive(ModelConfigurationReader reader, string key, double value) =>
        value > 0 ? value : throw reader.Contradiction($"rope: {key}: expected a number above 0, found {value}");

    private static IReadOnlyList<double> Divisors(ModelConfigurationReader reader, JsonFields fields, string key, int count)
    {
        IReadOnlyList<double> values = fields.GetDoubles(key);
        return values.Count == count && values.All(value => value > 0)
            ? values
            : throw reader.Contradiction($"rope: {key}: expected {count} numbers above 0, one a turning pair, found {values.Count}");
    }
}
