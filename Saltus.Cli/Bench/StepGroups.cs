using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Cli.Bench;

/// <summary>The engine's jobs, each above its floor: product, steps, encoding.</summary>
internal static class StepGroups
{
    /// <summary>d of GPT-2 small.</summary>
    public const int Width = 768;

    /// <summary>M of the published comparisons.</summary>
    public const int Latents = 16_384;

    /// <summary>Where most work begins: L0 as a run from small thresholds has it.</summary>
    private const double EarlyL0 = 2000;

    private const int LargeWidth = 2304;
    private const int LargeLatents = 65_536;

    private static readonly double[] s_sparse = [32, 64];

    private static readonly double[] s_quickSparse = [32];

    /// <summary>Gets the data of the main shape.</summary>
    public static StepData Data(BenchSettings settings) => new(settings.Team, settings.Batch, Width, Latents);

    /// <summary>The product above the machine's peak.</summary>
    public static IEnumerable<BenchPair> Product(BenchSettings settings)
    {
        using BenchCase peak = Floors.Peak(settings.Team, settings.Time);
        using StepData data = Data(settings);
        using BenchCase fused = data.ProductAlone();
        yield return new BenchPair(fused, peak);
        using BenchCase written = data.ProductInMemory();
        yield return new BenchPair(written, peak);
    }

    /// <summary>The step of every method above the product.</summary>
    public static IEnumerable<BenchPair> Steps(BenchSettings settings)
    {
        using StepData data = Data(settings);
        using BenchCase product = data.ProductAlone();
        foreach (StepMethod method in StepMethods.All)
        {
            foreach (double l0 in settings.IsQuick ? s_quickSparse : s_sparse)
            {
                using BenchCase step = method.Step(data, l0);
                yield return new BenchPair(step, product);
            }
        }
    }

    /// <summary>The step as it runs by default, with screening in 8-bit integers where it pays, above the same float32 product.</summary>
    public static IEnumerable<BenchPair> Screened(BenchSettings settings)
    {
        using StepData data = Data(settings);
        using BenchCase product = data.ProductAlone();
        foreach (StepMethod method in new[] { StepMethods.JumpRelu, StepMethods.TopK, StepMethods.BatchTopK })
        {
            foreach (double l0 in settings.IsQuick ? s_quickSparse : s_sparse)
            {
                using BenchCase step = method.Step(data, l0, screening: ScreenMode.Automatic);
                yield return new BenchPair(step, product);
            }
        }
    }

    /// <summary>The step at a large L0 above the product, and above the same step on the dense path.</summary>
    public static IEnumerable<BenchPair> Early(BenchSettings settings)
    {
        using StepData data = Data(settings);
        using BenchCase product = data.ProductAlone();
        using BenchCase dense = StepMethods.JumpRelu.Step(data, EarlyL0, dense: true);
        yield return new BenchPair(dense, product);
        using BenchCase chosen = StepMethods.JumpRelu.Step(data, EarlyL0);
        yield return new BenchPair(chosen, dense);
    }

    /// <summary>The step of a large autoencoder above its product.</summary>
    public static IEnumerable<BenchPair> Large(BenchSettings settings, ScreenMode screening)
    {
        using StepData data = new(settings.Team, settings.Batch, LargeWidth, LargeLatents);
        using BenchCase product = data.ProductAlone();
        foreach (double l0 in s_sparse)
        {
            using BenchCase step = StepMethods.JumpRelu.Step(data, l0, screening: screening);
            yield return new BenchPair(step, product);
        }
    }

    /// <summary>Encoding alone, as evaluation and dashboards do it.</summary>
    public static IEnumerable<BenchPair> Encoding(BenchSettings settings)
    {
        using StepData data = Data(settings);
        using BenchCase product = data.ProductAlone();
        foreach (double l0 in s_sparse)
        {
            float[] thresholds = new float[Latents];
            thresholds.AsSpan().Fill(data.Cut(l0));
            using SparseAutoencoder sae = new(
                data.Parameters.EncoderWeights.Clone(), new float[Latents], new Matrix(Latents, Width), new float[Width], new JumpReluActivation(thresholds));
            SparseActivations? last = null;
            using BenchCase encode = new($"encode, L0 {l0}", "a trained autoencoder's latents, as evaluation asks for them", data.Product, () => last = sae.Encode(data.Team, data.Next().Vectors))
            {
                Tokens = data.Rows,
                Note = () => $"L0 {last!.L0:F1}",
            };
            yield return new BenchPair(encode, product);
            using ThresholdEncode kernel = new();
            SparseActivations result = new(Latents);
            using BenchCase unscreened = new(
                $"encode, L0 {l0}, float32 alone",
                "the same without screening",
                data.Product,
                () => kernel.Encode(data.Team, data.Next().Vectors, sae.EncoderWeights, sae.EncoderBias, thresholds, result))
            {
                Tokens = data.Rows,
                Note = () => $"L0 {result.L0:F1}",
            };
            yield return new BenchPair(unscreened, product);
        }
    }
}
