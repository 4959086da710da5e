using System.Text.Json;

namespace Saltus.Formats;

/// <summary>Writes batch files of Neuronpedia with the keys and the digits of SAEDashboard; equal content gives equal bytes.</summary>
public static class NeuronpediaBatchWriter
{
    private const int Digits = 3;
    private const int DensityDigits = 5;

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="batch">Its content.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(string path, NeuronpediaBatch batch) => AtomicFile.WriteJson(path, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("model_id", batch.ModelId);
        writer.WriteNumber("layer", batch.Layer);
        writer.WriteString("sae_set", batch.SaeSet);
        writer.WriteString("sae_id_suffix", batch.SaeIdSuffix);
        writer.WriteStartArray("features");
        foreach (NeuronpediaFeature feature in batch.Features)
        {
            Write(writer, feature);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, NeuronpediaFeature feature)
    {
        writer.WriteStartObject();
        writer.WriteNumber("feature_index", feature.Index);
        Write(writer, "neuron_alignment", "values", feature.AlignedDimensions);
        Write(writer, "correlated_neurons", "pearson", feature.CorrelatedDimensions);
        Write(writer, "correlated_features", "pearson", feature.CorrelatedFeatures);
        Write(writer, "neg", feature.Suppressed);
        Write(writer, "pos", feature.Promoted);
        writer.WriteNumber("frac_nonzero", Math.Round(feature.Density, DensityDigits));
        Write(writer, "freq_hist_data_bar", feature.Activations);
        Write(writer, "logits_hist_data_bar", feature.Logits);
        writer.WriteNumber("n_prompts_total", feature.Prompts);
        writer.WriteNumber("n_tokens_in_prompt", feature.TokensOfPrompt);
        writer.WriteString("dataset", feature.Dataset);
        Write(writer, "decoder_weights_dist", feature.DecoderWeights);
        writer.WriteStartArray("activations");
        foreach (NeuronpediaSequence sequence in feature.Sequences)
        {
            Write(writer, sequence);
        }

        writer.WriteEndArray();
        Write(writer, "vector", feature.Vector);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, NeuronpediaSequence sequence)
    {
        bool isTop = sequence.BinMin == NeuronpediaSequence.Top;
        writer.WriteStartObject();
        writer.WriteNumber("bin_min", isTop ? NeuronpediaSequence.Top : Math.Round(sequence.BinMin, Digits));
        writer.WriteNumber("bin_max", Math.Round(sequence.BinMax, Digits));
        writer.WriteNumber("bin_contains", isTop ? NeuronpediaSequence.Top : Math.Round(sequence.BinContains, DensityDigits));
        writer.WriteStartArray("tokens");
        foreach (string token in sequence.Tokens)
        {
            writer.WriteStringValue(token);
        }

        writer.WriteEndArray();
        Write(writer, "values", sequence.Values);
        writer.WriteNumber("qualifying_token_index", sequence.QualifyingToken);
        Write(writer, "dfa_values", sequence.Attribution);
        writer.WriteNumber("dfa_maxValue", Math.Round(sequence.MaxAttribution, Digits));
        writer.WriteNumber("dfa_targetIndex", sequence.AttributedToken);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, string strength, NeuronpediaRelated related)
    {
        writer.WriteStartArray($"{name}_indices");
        foreach (int index in related.Indices)
        {
            writer.WriteNumberValue(index);
        }

        writer.WriteEndArray();
        Write(writer, $"{name}_{strength}", related.Values);
        Write(writer, $"{name}_l1", related.Shares);
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<(string Token, double Value)> logits)
    {
        writer.WriteStartArray($"{name}_str");
        foreach ((string token, _) in logits)
        {
            writer.WriteStringValue(token);
        }

        writer.WriteEndArray();
        Write(writer, $"{name}_values", [.. logits.Select(logit => logit.Value)]);
    }

    private static void Write(Utf8JsonWriter writer, string name, NeuronpediaHistogram histogram)
    {
        Write(writer, $"{name}_values", histogram.Values);
        writer.WriteStartArray($"{name}_heights");
        foreach (double height in histogram.Heights)
        {
            writer.WriteNumberValue(height);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
        {
            writer.WriteNumberValue(Math.Round(value, Digits));
        }

        writer.WriteEndArray();
    }
}
