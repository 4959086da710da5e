namespace Saltus.Formats;

/// <summary>Reads a batch file of Neuronpedia as SAEDashboard writes it. Unknown keys, lists of unequal length and numbers out of range are refused by name.</summary>
public static class NeuronpediaBatchReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="SaeFormatException">It is none, or goes beyond <see cref="NeuronpediaLimits"/>.</exception>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static NeuronpediaBatch Read(string path) => NeuronpediaFields.Read(path, Batch);

    /// <summary>Whether an object has the keys of such a file.</summary>
    internal static bool IsOne(JsonFields fields) => fields.Has("sae_set") && fields.Has("features");

    internal static NeuronpediaBatch Batch(JsonFields fields)
    {
        NeuronpediaFields.CheckKeys(fields, "model_id", "layer", "sae_set", "sae_id_suffix", "features");
        int layer = fields.GetInt32("layer");
        return layer < 0 ? throw fields.Invalid("layer", "a number of at least 0") : new NeuronpediaBatch(
            fields.GetString("model_id"),
            layer,
            fields.GetString("sae_set"),
            fields.GetString("sae_id_suffix", null),
            [.. NeuronpediaFields.Items(fields, "features", 0, int.MaxValue).Select(Feature)]);
    }

    private static NeuronpediaFeature Feature(JsonFields fields)
    {
        NeuronpediaFields.CheckKeys(
            fields,
            "feature_index", "neuron_alignment_indices", "neuron_alignment_values", "neuron_alignment_l1", "correlated_neurons_indices", "correlated_neurons_pearson",
            "correlated_neurons_l1", "correlated_features_indices", "correlated_features_pearson", "correlated_features_l1", "neg_str", "neg_values", "pos_str", "pos_values",
            "frac_nonzero", "freq_hist_data_bar_values", "freq_hist_data_bar_heights", "logits_hist_data_bar_values", "logits_hist_data_bar_heights", "n_prompts_total",
            "n_tokens_in_prompt", "dataset", "decoder_weights_dist", "activations", "vector");
        return new NeuronpediaFeature
        {
            Index = NeuronpediaFields.Index(fields, "feature_index"),
            AlignedDimensions = Related(fields, "neuron_alignment", "values"),
            CorrelatedDimensions = Related(fields, "correlated_neurons", "pearson"),
            CorrelatedFeatures = Related(fields, "correlated_features", "pearson"),
            Suppressed = Logits(fields, "neg"),
            Promoted = Logits(fields, "pos"),
            Density = NeuronpediaFields.Share(fields, "frac_nonzero"),
            Activations = Histogram(fields, "freq_hist_data_bar"),
            Logits = Histogram(fields, "logits_hist_data_bar"),
            Prompts = fields.GetPositive("n_prompts_total"),
            TokensOfPrompt = fields.GetPositive("n_tokens_in_prompt"),
            Dataset = fields.GetString("dataset"),
            DecoderWeights = fields.GetDoubles("decoder_weights_dist"),
            Vector = fields.GetDoubles("vector"),
            Sequences = [.. fields.GetObjects("activations").Select(Sequence)],
        };
    }

    private static NeuronpediaSequence Sequence(JsonFields fields)
    {
        NeuronpediaFields.CheckKeys(
            fields, "bin_min", "bin_max", "bin_contains", "tokens", "values", "qualifying_token_index", "dfa_values", "dfa_maxValue", "dfa_targetIndex");
        (IReadOnlyList<string> tokens, IReadOnlyList<double> values) = NeuronpediaFields.Sequence(fields);
        int qualifying = fields.GetInt32("qualifying_token_index");
        int attributed = fields.GetInt32("dfa_targetIndex");
        IReadOnlyList<double> attribution = fields.GetDoubles("dfa_values");
        return qualifying < -1 || qualifying >= tokens.Count ? throw fields.Invalid("qualifying_token_index", $"-1, or a position below {tokens.Count}")
            : attributed < -1 || attributed >= tokens.Count ? throw fields.Invalid("dfa_targetIndex", $"-1, or a position below {tokens.Count}")
            : attribution.Count > tokens.Count ? throw fields.Invalid("dfa_values", $"at most {tokens.Count}, as there are tokens")
            : new NeuronpediaSequence
            {
                BinMin = fields.GetDouble("bin_min"),
                BinMax = fields.GetDouble("bin_max"),
                BinContains = fields.GetDouble("bin_contains"),
                Tokens = tokens,
                Values = values,
                QualifyingToken = qualifying,
                Attribution = attribution,
                MaxAttribution = fields.GetDouble("dfa_maxValue"),
                AttributedToken = attributed,
            };
    }

    private static NeuronpediaRelated Related(JsonFields fields, string name, string strength)
    {
        string key = $"{name}_indices";
        IReadOnlyList<int> indices = fields.GetInt32s(key);
        return indices.Any(index => index is < 0 or > NeuronpediaLimits.MaxIndex)
            ? throw fields.Invalid(key, $"indices from 0 to {NeuronpediaLimits.MaxIndex}")
            : new NeuronpediaRelated(
                indices, NeuronpediaFields.Numbers(fields, $"{name}_{strength}", indices.Count), NeuronpediaFields.Numbers(fields, $"{name}_l1", indices.Count));
    }

    private static (string Token, double Value)[] Logits(JsonFields fields, string name)
    {
        IReadOnlyList<string> tokens = fields.GetStrings($"{name}_str");
        return tokens.Count > NeuronpediaLimits.MaxLogits
            ? throw fields.Invalid($"{name}_str", $"at most {NeuronpediaLimits.MaxLogits}")
            : [.. tokens.Zip(NeuronpediaFields.Numbers(fields, $"{name}_values", tokens.Count))];
    }

    private static NeuronpediaHistogram Histogram(JsonFields fields, string name)
    {
        IReadOnlyList<double> values = fields.GetDoubles($"{name}_values");
        return new NeuronpediaHistogram(values, NeuronpediaFields.Numbers(fields, $"{name}_heights", values.Count));
    }
}
