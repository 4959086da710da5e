using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Formats;

namespace Saltus.Evaluation;

/// <summary>Writes a core result file of SAEBench: every key of its classes, so that its own tables and plots read it.</summary>
public static class SaeBenchFile
{
    /// <summary>What SAEBench writes in place of NaN.</summary>
    private const int NotANumber = -1;

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sae">The SAE.</param>
    /// <param name="vectors">Measured on vectors.</param>
    /// <param name="losses">Measured in the language model.</param>
    /// <param name="weights">Measured on the weights.</param>
    /// <param name="settings">The rest.</param>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(
        string path, SparseAutoencoder sae, SaeBenchVectors vectors, SaeBenchLosses losses, SaeBenchWeights weights, SaeBenchSettings settings) =>
        AtomicFile.WriteJson(path, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("eval_type_id", "core");
            WriteConfig(writer, vectors, losses, settings);
            writer.WriteString("eval_id", Id(settings, vectors, losses));
            writer.WriteNumber("datetime_epoch_millis", settings.Time.ToUnixTimeMilliseconds());
            WriteMetrics(writer, vectors, losses, weights);
            WriteDetails(writer, vectors, weights);
            writer.WriteString("sae_bench_commit_hash", settings.Program);
            writer.WriteString("sae_lens_id", settings.SaeId);
            writer.WriteString("sae_lens_release_id", settings.Release);
            writer.WriteString("sae_lens_version", settings.Program);
            WriteSae(writer, sae, settings);
            writer.WriteStartObject("eval_result_unstructured");
            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    private static void WriteConfig(Utf8JsonWriter writer, SaeBenchVectors vectors, SaeBenchLosses losses, SaeBenchSettings settings)
    {
        writer.WriteStartObject("eval_config");
        writer.WriteString("model_name", settings.Model);
        writer.WriteString("llm_dtype", "float32");
        writer.WriteNumber("batch_size_prompts", settings.PromptsPerBatch);
        writer.WriteNumber("n_eval_reconstruction_batches", losses.Batches);
        writer.WriteNumber("n_eval_sparsity_variance_batches", vectors.Batches);
        writer.WriteString("dataset", settings.Dataset);
        writer.WriteNumber("context_size", settings.Context);
        foreach (string computed in new[]
        {
            "compute_kl", "compute_ce_loss", "compute_l2_norms", "compute_sparsity_metrics", "compute_variance_metrics",
            "compute_featurewise_density_statistics", "compute_featurewise_weight_based_metrics", "exclude_special_tokens_from_reconstruction",
        })
        {
            writer.WriteBoolean(computed, true);
        }

        writer.WriteBoolean("verbose", false);
        writer.WriteEndObject();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, SaeBenchVectors vectors, SaeBenchLosses losses, SaeBenchWeights weights)
    {
        writer.WriteStartObject("eval_result_metrics");
        Group(writer, "model_behavior_preservation", [("kl_div_score", losses.KlScore), ("kl_div_with_ablation", losses.KlWithAblation), ("kl_div_with_sae", losses.KlWithSae)]);
        Group(
            writer,
            "model_performance_preservation",
            [
                ("ce_loss_score", losses.LossScore), ("ce_loss_with_ablation", losses.LossWithAblation), ("ce_loss_with_sae", losses.LossWithSae),
                ("ce_loss_without_sae", losses.LossWithoutSae),
            ]);
        Group(
            writer,
            "reconstruction_quality",
            [
                ("explained_variance", vectors.ExplainedVariance), ("explained_variance_legacy", vectors.ExplainedVarianceLegacy),
                ("mse", vectors.MeanSquaredError), ("cossim", vectors.Cosine),
            ]);
        Group(
            writer,
            "shrinkage",
            [
                ("l2_norm_in", vectors.InputNorm), ("l2_norm_out", vectors.OutputNorm), ("l2_ratio", vectors.NormRatio),
                ("relative_reconstruction_bias", vectors.RelativeReconstructionBias),
            ]);
        Group(writer, "sparsity", [("l0", vectors.L0), ("l1", vectors.L1)]);
        writer.WriteStartObject("token_stats");
        writer.WriteNumber("total_tokens_eval_reconstruction", losses.Tokens);
        writer.WriteNumber("total_tokens_eval_sparsity_variance", vectors.Tokens);
        writer.WriteEndObject();
        double total = vectors.Density.Sum();
        Group(
            writer,
            "misc_metrics",
            [
                ("freq_over_1_percent", vectors.Density.Average(density => density > 0.01 ? 1 : 0)),
                ("freq_over_10_percent", vectors.Density.Average(density => density > 0.1 ? 1 : 0)),
                ("normalized_freq_over_1_percent", vectors.Density.Where(density => density > 0.01).Sum() / total),
                ("normalized_freq_over_10_percent", vectors.Density.Where(density => density > 0.1).Sum() / total),
                ("average_max_encoder_cosine_sim", weights.MaxEncoderCosines.Average(value => (double)value)),
                ("average_max_decoder_cosine_sim", weights.MaxDecoderCosines.Average(value => (double)value)),
                ("frac_alive", vectors.Density.Average(density => density > 0 ? 1 : 0)),
            ]);
        writer.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter writer, SaeBenchVectors vectors, SaeBenchWeights weights)
    {
        writer.WriteStartArray("eval_result_details");
        for (int i = 0; i < vectors.Density.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", i);
            Number(writer, "feature_density", vectors.Density[i]);
            Number(writer, "consistent_activation_heuristic", vectors.TokensPerActivePrompt[i]);
            Number(writer, "encoder_bias", weights.EncoderBias[i]);
            Number(writer, "encoder_norm", weights.EncoderNorms[i]);
            Number(writer, "encoder_decoder_cosine_sim", weights.EncoderDecoderCosines[i]);
            Number(writer, "max_decoder_cosine_sim", weights.MaxDecoderCosines[i]);
            Number(writer, "max_encoder_cosine_sim", weights.MaxEncoderCosines[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteSae(Utf8JsonWriter writer, SparseAutoencoder sae, SaeBenchSettings settings)
    {
        writer.WriteStartObject("sae_cfg_dict");
        writer.WriteNumber("d_in", sae.InputWidth);
        writer.WriteNumber("d_sae", sae.Latents);
        writer.WriteString("model_name", settings.Model);
        writer.WriteString("hook_name", settings.HookName);
        if (settings.Layer is int layer)
        {
            writer.WriteNumber("hook_layer", layer);
        }

        writer.WriteString("architecture", sae.Metadata.TrainingMethod ?? sae.Activation.GetType().Name.Replace("Activation", string.Empty, StringComparison.Ordinal).ToLowerInvariant());
        writer.WriteString("dtype", "float32");
        writer.WriteBoolean("apply_b_dec_to_input", false);
        writer.WriteEndObject();
    }

    private static void Group(Utf8JsonWriter writer, string name, ReadOnlySpan<(string Key, double Value)> metrics)
    {
        writer.WriteStartObject(name);
        foreach ((string key, double value) in metrics)
        {
            Number(writer, key, value);
        }

        writer.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter writer, string key, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(key, value);
        }
        else
        {
            writer.WriteNumber(key, NotANumber);
        }
    }

    /// <summary>The same evaluation has the same id.</summary>
    private static Guid Id(SaeBenchSettings settings, SaeBenchVectors vectors, SaeBenchLosses losses) =>
        new(XxHash128.Hash(Encoding.UTF8.GetBytes($"{settings}\n{losses}\n{vectors.Tokens} {vectors.L0:R} {vectors.ExplainedVariance:R}")), bigEndian: true);
}
