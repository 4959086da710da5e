using Saltus.Evaluation;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Tests.Training;

/// <summary>
/// What a tool's trainer fills in of itself. Sources: SAELens 6.18 and 6.54.12 (saes/*.py, config.py), dictionary_learning at 60ec6bf (trainers/*.py),
/// sparsify at 9d3b136 (config.py, trainer.py; its Adam), sparse_autoencoder at 4965b94 (train.py), BatchTopK at b9aab1c (config.py), Anthropic's update of January 2025.
/// </summary>
public class LibraryDefaultsTests
{
    private const int Width = 1 << 16;
    private const long Tokens = 400_000_000;

    /// <summary>Recipe; B, learning rate at M = 2^16, its rise in steps, its fall as a share, L0 or NaN, λ or NaN, the penalty's rise in steps, AuxK, dead after.</summary>
    public static TheoryData<string, double[]> Rows => new()
    {
        { "saelens-standard", [4096, 3e-4, 0, 0, double.NaN, 1, 0, 0, 1000] },
        { "saelens-gated", [4096, 3e-4, 0, 0, double.NaN, 1, 0, 0, 1000] },
        { "saelens-topk", [4096, 3e-4, 0, 0, 100, double.NaN, 0, 1, 1000] },
        { "saelens-batchtopk", [4096, 3e-4, 0, 0, 100, double.NaN, 0, 1, 1000] },
        { "saelens-matryoshka", [4096, 3e-4, 0, 0, 100, double.NaN, 0, 1, 1000] },
        { "saelens-jumprelu", [4096, 3e-4, 0, 0, double.NaN, 1, 0, 0, 1000] },
        { "saelens-jumprelu-tanh", [4096, 3e-4, 0, 0.2, double.NaN, 5, double.PositiveInfinity, 0, 1000] },
        { "anthropic-jan-2025", [32_768, 2e-4, 0, 0.2, double.NaN, 15, double.PositiveInfinity, 0, 1000] },
        { "dictionary-learning-standard", [8192, 1e-3, 1000, 0, double.NaN, 0.1, 2000, 0, 10_000_000] },
        { "dictionary-learning-standard-april", [8192, 1e-3, 1000, 0, double.NaN, 0.1, 2000, 0, 10_000_000] },
        { "dictionary-learning-gated", [8192, 5e-5, 1000, 0, double.NaN, 0.1, 2000, 0, 10_000_000] },
        { "dictionary-learning-topk", [8192, 1e-4, 1000, 0, 100, double.NaN, 0, 1 / 32.0, 10_000_000] },
        { "dictionary-learning-batchtopk", [8192, 1e-4, 1000, 0, 100, double.NaN, 0, 1 / 32.0, 10_000_000] },
        { "dictionary-learning-matryoshka", [8192, 1e-4, 1000, 0, 100, double.NaN, 0, 1 / 32.0, 10_000_000] },
        { "dictionary-learning-jumprelu", [8192, 7e-5, 1000, 0, 20, 1, 2000, 0, 10_000_000] },
        { "sparsify-topk", [65_536, 1e-4, 1000, 1 - (1000 / 6104.0), 32, double.NaN, 0, 0, 10_000_000] },
        { "batchtopk-repository-topk", [4096, 3e-4, 0, 0, 32, double.NaN, 0, 1 / 32.0, 20_480] },
        { "batchtopk-repository-batchtopk", [4096, 3e-4, 0, 0, 32, double.NaN, 0, 1 / 32.0, 20_480] },
        { "openai-topk", [131_072, 1e-4, 0, 0, 32, double.NaN, 0, 1 / 32.0, 10_000_000] },
        { "openai-relu", [131_072, 1e-4, 0, 0, double.NaN, 0.1, 0, 0, 10_000_000] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_recipe_fills_in_what_its_tool_does(string name, double[] expected)
    {
        RunConfiguration run = Recipe.Complete(new RunConfiguration { Recipe = name, Width = Width, Tokens = Tokens });
        int steps = run.Steps();
        double[] actual =
        [
            run.Batch!.Value, run.LearningRate!.Value, run.WarmupShare!.Value * steps, run.DecayShare!.Value, run.L0 ?? double.NaN, run.Lambda ?? double.NaN,
            (run.LambdaWarmupShare ?? 0) * steps, run.AuxCoefficient!.Value, run.DeadAfter!.Value,
        ];
        double[] capped = [.. expected.Select(value => double.IsPositiveInfinity(value) ? steps : value)];

        // Shares of steps are kept as doubles, whose product with the steps has rounding.
        Assert.Equal(capped, actual, (left, right) => left.Equals(right) || Math.Abs(left - right) <= 1e-3 * Math.Abs(left));
    }

    [Fact]
    public void Starts_are_those_of_the_tool()
    {
        const int d = 32;
        const int latents = 256;
        float[] batch = Batch(d);
        StartData data = Data(d, batch);

        SaeParameters small = Start("saelens-topk", d, latents, data);
        Assert.Equal(0.1, Math.Sqrt(Reductions.Dot(small.DecoderWeights.Row(3), small.DecoderWeights.Row(3))), 1e-6);
        Assert.Equal(small.DecoderWeights.Row(3), small.EncoderWeights.Row(3));

        SaeParameters linear = Start("sparsify-topk", d, latents, data);
        Assert.Equal(1, Math.Sqrt(Reductions.Dot(linear.DecoderWeights.Row(3), linear.DecoderWeights.Row(3))), 1e-6);
        Assert.Equal(31, linear.DecoderBias[31]);

        // U(±1/√d) has the variance 1/(3d), so a row's squared norm is 1/3 on average.
        Assert.Equal(1 / 3.0, Enumerable.Range(0, latents).Average(row => Reductions.Dot(linear.EncoderWeights.Row(row), linear.EncoderWeights.Row(row))), 0.02);

        const int many = 20_000;
        SaeParameters free = Start("anthropic-jan-2025", d, many, data);
        Assert.Equal(free.DecoderWeights.Row(5)[7] * d / many, free.EncoderWeights.Row(5)[7], 1e-9f);
        int rows = batch.Length / d;

        // 10,000 / M of the vectors fire: the last of them lies at the threshold itself, so rounding decides on it and on one as near.
        Assert.All(Enumerable.Range(0, 50), latent => Assert.InRange(
            Enumerable.Range(0, rows).Count(row => Reductions.Dot(free.EncoderWeights.Row(latent), batch.AsSpan(row * d, d)) + free.EncoderBias[latent] > 1.105f),
            (rows / 2) - 1,
            rows / 2));
        SaeParameters repository = Start("batchtopk-repository-topk", d, latents, data);

        // U(±√(6/M)) has the variance 2/M.
        Assert.Equal(
            2.0 * d / latents, Enumerable.Range(0, latents).Average(row => Reductions.Dot(repository.EncoderWeights.Row(row), repository.EncoderWeights.Row(row))), 0.02);
        Assert.Equal(1, Math.Sqrt(Reductions.Dot(repository.DecoderWeights.Row(3), repository.DecoderWeights.Row(3))), 1e-6);
        Assert.All(repository.DecoderBias, value => Assert.Equal(0, value));
        foreach (SaeParameters parameters in new[] { small, linear, free, repository })
        {
            parameters.Dispose();
        }
    }

    [Fact]
    public void OpenAIs_encoder_starts_so_that_vectors_of_norm_1_come_out_with_norm_1()
    {
        const int d = 32;
        const int latents = 256;
        const int k = 32;
        using SaeParameters parameters = Start("openai-topk", d, latents, Data(d, Batch(d)));
        RandomSource random = new(77, "other vectors");
        double sum = 0;
        const int vectors = 400;
        for (int vector = 0; vector < vectors; vector++)
        {
            double[] x = [.. Enumerable.Range(0, d).Select(_ => NormalDistribution.Quantile(random.NextDouble()))];
            double norm = Math.Sqrt(x.Sum(value => value * value));
            double[] pre = [.. Enumerable.Range(0, latents).Select(latent => x.Select((value, j) => value / norm * parameters.EncoderWeights.Row(latent)[j]).Sum())];
            double[] output = new double[d];
            foreach (int latent in Enumerable.Range(0, latents).OrderByDescending(latent => pre[latent]).Take(k).Where(latent => pre[latent] > 0))
            {
                for (int j = 0; j < d; j++)
                {
                    output[j] += pre[latent] * parameters.DecoderWeights.Row(latent)[j];
                }
            }

            sum += Math.Sqrt(output.Sum(value => value * value));
        }

        // Two samples of some hundred norms that scatter by about a tenth.
        Assert.Equal(1, sum / vectors, 0.03);
    }

    [Fact]
    public void A_transcoder_of_sparsify_starts_with_zeros_and_encodes_the_mean_input_as_0()
    {
        const int d = 32;
        const int latents = 64;
        StartData data = Data(d, Batch(d));
        RunConfiguration run = Recipe.Complete(new RunConfiguration { Recipe = "sparsify-topk", Width = latents, Tokens = Tokens, Targets = "y.npy" });
        using SaeParameters parameters = new(latents, d, d);
        Recipe.Find("sparsify-topk").Start(parameters, run, data);
        Assert.All(Enumerable.Range(0, latents), latent => Assert.True(parameters.DecoderWeights.Row(latent).IndexOfAnyExcept(0) < 0));
        for (int latent = 0; latent < latents; latent++)
        {
            double pre = parameters.EncoderBias[latent] + Enumerable.Range(0, d).Sum(j => (double)parameters.EncoderWeights.Row(latent)[j] * data.InputMean[j]);
            Assert.Equal(0, pre, 1e-4);
        }

        TrainerOptions options = RunOptions.Trainer(run, new RunScale(1, 1, [], [], 1));
        Assert.False(options.UnitNormDecoder || options.ProjectDecoderGradient);
    }

    private static StartData Data(int d, float[] batch) =>
        new([.. Enumerable.Range(0, d).Select(j => (float)j)], [.. Enumerable.Range(0, d).Select(j => j / 10f)], () => batch);

    private static SaeParameters Start(string recipe, int width, int latents, StartData data)
    {
        SaeParameters parameters = new(latents, width);
        RunConfiguration run = Recipe.Complete(new RunConfiguration { Recipe = recipe, Width = latents, Tokens = Tokens });
        Recipe.Find(recipe).Start(parameters, run, data);
        return parameters;
    }

    private static float[] Batch(int width)
    {
        RandomSource random = new(4, "batch");
        float[] values = new float[64 * width];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)((2 * random.NextDouble()) - 1);
        }

        return values;
    }
}
