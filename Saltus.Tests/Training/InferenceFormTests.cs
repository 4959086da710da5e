using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Tests.Support;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>Every method is trained briefly, saved and read back; what the file then does is compared with the method's own definition on the trained parameters.</summary>
public sealed class InferenceFormTests : IDisposable
{
    private const int Latents = 64;
    private const int Width = 24;
    private const int Rows = 100;
    private const double Scale = 1.75;
    private const double TargetScale = 0.6;

    /// <summary>Folding rounds each weight and bias to float32 once, products add float32 rounding over 24 terms.</summary>
    private const double Tolerance = 2e-5;

    /// <summary>Nearer to its threshold than this a latent may be on in one form and off in the other.</summary>
    private const double Margin = 1e-5;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Methods => [.. SomeMethods.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_saved_form_encodes_and_decodes_as_the_trained_parameters_do(string name)
    {
        using WorkTeam team = new(2);
        bool isTranscoder = name.Contains("transcoder", StringComparison.Ordinal);
        using SaeParameters parameters = new(Latents, Width, isTranscoder ? Width + 3 : null, isTranscoder);
        Initialization.Set(parameters, 3);
        (TrainingMethod method, TrainerOptions options) = SomeMethods.Create(name, Latents);
        options = options with { Scale = Scale, TargetScale = isTranscoder ? TargetScale : null };
        using Trainer trainer = new(team, parameters, method, options);
        RandomSource random = new(4, "data");
        using ActivationBatch batch = new(Rows, parameters.BatchWidth);
        for (int step = 0; step < 40; step++)
        {
            Draw(random, batch);
            trainer.Step(batch);
        }

        using (SparseAutoencoder folded = TrainedAutoencoder.Fold(trainer, new SaeMetadata { TrainingMethod = method.Name, HookName = "blocks.0.hook_resid_post" }))
        {
            if (isTranscoder && method is TopKMethod)
            {
                SaeWriter.Write(team, _folder["sae"], new LoadedSae(folded, []), "sparsify");
            }
            else
            {
                SaeLensWriter.Write(_folder["sae"], folded);
            }
        }

        CheckConfiguration(method, isTranscoder);
        using SparseCoder loaded = SaeReader.Read(_folder["sae"]).Sae;
        Draw(random, batch);
        using Matrix inputs = new(Rows, Width);
        for (int row = 0; row < Rows; row++)
        {
            batch.Vectors.Row(row)[..Width].CopyTo(inputs.Row(row));
        }

        using Matrix output = new(Rows, parameters.OutputWidth);
        SparseActivations actual = loaded.Forward(team, inputs, output);
        int active = 0;
        for (int row = 0; row < Rows; row++)
        {
            (double[] values, double[] margins, double[] divisors) = Encode(method, options, parameters, inputs.Row(row));
            double[] found = new double[Latents];
            for (int at = 0; at < actual.LatentsOf(row).Length; at++)
            {
                found[actual.LatentsOf(row)[at]] = actual.ValuesOf(row)[at];
            }

            bool isClear = true;
            for (int latent = 0; latent < Latents; latent++)
            {
                bool isNear = margins[latent] < Margin;
                isClear &= !isNear;
                double off = Math.Abs((values[latent] * Scale) - found[latent]);
                Assert.True(isNear || off <= Tolerance, $"{name}: row {row}, latent {latent}: expected {values[latent] * Scale:R}, got {found[latent]:R}");
                active += values[latent] > 0 ? 1 : 0;
            }

            CheckOutput(name, parameters, options, values, divisors, inputs.Row(row), output.Row(row), isClear);
        }

        Assert.True(active > Rows, $"{name}: {active} active latents show nothing");
    }

    private static void CheckOutput(
        string name, SaeParameters parameters, TrainerOptions options, double[] values, double[] divisors, ReadOnlySpan<float> x, ReadOnlySpan<float> output, bool isClear)
    {
        double scale = options.TargetScale ?? options.Scale;
        for (int j = 0; j < output.Length && isClear; j++)
        {
            double sum = parameters.DecoderBias[j];
            for (int latent = 0; latent < Latents; latent++)
            {
                sum += values[latent] * parameters.DecoderWeights.Row(latent)[j] / divisors[latent];
            }

            for (int i = 0; i < x.Length && parameters.SkipWeights is not null; i++)
            {
                sum += parameters.SkipWeights.Row(j)[i] * (x[i] / options.Scale);
            }

            Assert.True(Math.Abs((sum * scale) - output[j]) <= Tolerance, $"{name}: output {j}: expected {sum * scale:R}, got {output[j]:R}");
        }
    }

    /// <summary>f in training units by the method's definition in double, how far each latent is from its edge, and by what decoder rows are divided in the file.</summary>
    private static (double[] Values, double[] Margins, double[] Divisors) Encode(TrainingMethod method, TrainerOptions options, SaeParameters parameters, ReadOnlySpan<float> x)
    {
        double[] pre = new double[Latents];
        double[] norms = new double[Latents];
        for (int latent = 0; latent < Latents; latent++)
        {
            for (int j = 0; j < Width; j++)
            {
                double centred = (x[j] / options.Scale) - (options.PreEncoderBias ? parameters.DecoderBias[j] : 0);
                pre[latent] += parameters.EncoderWeights.Row(latent)[j] * centred;
            }

            foreach (float value in parameters.DecoderWeights.Row(latent))
            {
                norms[latent] += (double)value * value;
            }

            norms[latent] = Math.Sqrt(norms[latent]);
        }

        double[] values = new double[Latents];
        double[] margins = new double[Latents];
        switch (method)
        {
            case GatedMethod:
                for (int latent = 0; latent < Latents; latent++)
                {
                    double gate = pre[latent] + parameters.EncoderBias[latent];
                    double magnitude = (Math.Exp(parameters.Extras[0][latent]) * pre[latent]) + parameters.Extras[1][latent];
                    values[latent] = gate > 0 ? Math.Max(0, magnitude) : 0;
                    margins[latent] = Math.Min(Math.Abs(gate), Math.Abs(magnitude));
                }

                break;
            case TopKMethod topK:
                double[] ranks = [.. pre.Select((value, latent) =>
                    (value + parameters.EncoderBias[latent]) * (topK.Options.RanksByDecoderNorm ? norms[latent] : 1))];
                double[] sorted = [.. ranks.OrderDescending()];
                int k = (int)topK.Options.K;
                double edge = (sorted[k - 1] + sorted[k]) / 2;
                for (int latent = 0; latent < Latents; latent++)
                {
                    // Saved with decoder rows of norm 1 where it ranks by norm.
                    values[latent] = ranks[latent] > edge ? Math.Max(0, ranks[latent]) : 0;
                    margins[latent] = Math.Min(Math.Abs(ranks[latent] - edge), Math.Abs(ranks[latent]));
                }

                break;
            default:
                float[] thresholds = ((JumpReluActivation)method.Inference(parameters).Activation).Thresholds.ToArray();
                for (int latent = 0; latent < Latents; latent++)
                {
                    double threshold = method is ReluMethod ? 0 : thresholds[latent];
                    double value = pre[latent] + parameters.EncoderBias[latent];
                    values[latent] = value > threshold ? value : 0;
                    margins[latent] = Math.Abs(value - threshold);
                }

                break;
        }

        return (values, margins, method is TopKMethod { Options.RanksByDecoderNorm: true } ? norms : [.. norms.Select(_ => 1.0)]);
    }

    private static void Draw(RandomSource random, ActivationBatch batch)
    {
        foreach (ref float value in batch.Vectors.Span)
        {
            value = (float)((random.NextDouble() - 0.4) * random.NextDouble() * Scale);
        }

        batch.Count = Rows;
    }

    private void CheckConfiguration(TrainingMethod method, bool isTranscoder)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["sae"], "cfg.json")));
        JsonElement root = document.RootElement;
        if (isTranscoder && method is TopKMethod)
        {
            Assert.Equal((Width, Latents, 6), (root.GetProperty("d_in").GetInt32(), root.GetProperty("num_latents").GetInt32(), root.GetProperty("k").GetInt32()));
            Assert.True(root.GetProperty("skip_connection").GetBoolean() && root.GetProperty("transcode").GetBoolean());
            return;
        }

        string architecture = method is TopKMethod ? "topk" : "jumprelu";
        Assert.Equal(isTranscoder ? $"{architecture}_skip_transcoder" : architecture, root.GetProperty("architecture").GetString());
        Assert.Equal(Width, root.GetProperty("d_in").GetInt32());
        Assert.Equal(Latents, root.GetProperty("d_sae").GetInt32());
        Assert.Equal("none", root.GetProperty("normalize_activations").GetString());
        Assert.False(root.GetProperty("apply_b_dec_to_input").GetBoolean());
        Assert.Equal(method.Name, root.GetProperty("metadata").GetProperty("training_architecture").GetString());
        if (isTranscoder)
        {
            Assert.Equal(Width + 3, root.GetProperty("d_out").GetInt32());
        }

        if (method is TopKMethod topK)
        {
            Assert.Equal(topK.Options.K, root.GetProperty("k").GetDouble());
        }
    }
}
