using Saltus.Kernels;

namespace Saltus.Cli.Bench;

/// <summary>Steps that look at many more latents than are active: wide bands, and dead latents that learn the residual.</summary>
internal static class BandGroups
{
    private const double L0 = 32;

    /// <summary>Norm of a dead latent's encoder row: its pre-activations stay far below the cut, and half of them are positive.</summary>
    private const float DeadNorm = 0.1f;

    /// <summary>Of so many latents one is dead, the many and the few.</summary>
    private static readonly int[] s_deadShares = [2, 10];

    /// <summary>Kernels whose band holds most latents, above the product.</summary>
    public static IEnumerable<BenchPair> Wide(BenchSettings settings)
    {
        using StepData data = StepGroups.Data(settings);
        using BenchCase product = data.ProductAlone();
        foreach (StepMethod method in StepMethods.WideBands)
        {
            using BenchCase step = method.Step(data, L0);
            yield return new BenchPair(step, product);
            using BenchCase screened = (method with { Name = $"{method.Name}, screened" }).Step(data, L0, screening: ScreenMode.Automatic);
            yield return new BenchPair(screened, product);
        }
    }

    /// <summary>AuxK with a half and a tenth of all latents dead, above the product.</summary>
    public static IEnumerable<BenchPair> Dead(BenchSettings settings)
    {
        foreach (int share in s_deadShares)
        {
            using StepData data = StepGroups.Data(settings);
            for (int latent = 0; latent < StepGroups.Latents; latent += share)
            {
                foreach (ref float value in data.Parameters.EncoderWeights.Row(latent))
                {
                    value *= DeadNorm;
                }
            }

            using BenchCase product = data.ProductAlone();
            foreach (ScreenMode screening in new[] { ScreenMode.Never, ScreenMode.Automatic })
            {
                string name = $"{StepMethods.TopKWithAuxK.Name}, 1 in {share} dead{(screening == ScreenMode.Never ? string.Empty : ", screened")}";
                using BenchCase step = (StepMethods.TopKWithAuxK with { Name = name }).Step(data, L0, screening: screening);
                yield return new BenchPair(step, product);
            }
        }
    }
}
