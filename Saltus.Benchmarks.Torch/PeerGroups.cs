using Saltus.Cli.Bench;
using Saltus.Kernels;
using Saltus.Tensors;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>What is compared: products, and the steps of two tools, each in turns with our own.</summary>
internal static class PeerGroups
{
    private const double L0 = 32;

    /// <summary>Gets the groups.</summary>
    public static IReadOnlyList<BenchGroup> All { get; } =
    [
        new("product", "The encoder's product beside PyTorch's", Products),
        new("sparsify", "sparsify's TopK step beside ours", settings => Steps(
            settings, "sparsify TopK", data => SparsifyTopKStep.Create(data, (int)L0), [StepMethods.TopK, StepMethods.JumpRelu, StepMethods.TopKOfSparsify])),
        new("topk", "SAELens's TopK step beside ours", settings => Steps(
            settings, "SAELens TopK", data => new SaeLensTopKStep(data, L0), [StepMethods.TopK, StepMethods.JumpRelu, StepMethods.TopKOfSaeLens])),
        new("batchtopk", "SAELens's BatchTopK step beside ours", settings => Steps(
            settings, "SAELens BatchTopK", data => new SaeLensBatchTopKStep(data, L0), [StepMethods.BatchTopK, StepMethods.JumpRelu, StepMethods.BatchTopKOfSaeLens])),
        new("jumprelu", "SAELens's JumpReLU step beside ours", settings => Steps(
            settings, "SAELens JumpReLU", data => new SaeLensJumpReluStep(data, data.Cut(L0)), [StepMethods.JumpRelu, StepMethods.JumpReluOfSaeLens])),
    ];

    private static IEnumerable<BenchPair> Products(BenchSettings settings)
    {
        using BenchCase peak = Floors.Peak(settings.Team, settings.Time);
        using StepData data = StepGroups.Data(settings);
        using BenchCase theirs = ProductOfTorch(data);
        yield return new BenchPair(theirs, peak);
        using (BenchCase linear = LinearOfTorch(data))
        {
            yield return new BenchPair(linear, theirs);
        }

        using BenchCase fused = data.ProductAlone();
        yield return new BenchPair(fused, peak);
        yield return new BenchPair(fused, theirs);
        using BenchCase written = data.ProductInMemory();
        yield return new BenchPair(written, theirs);
    }

    /// <summary>
    /// The peer above our own method of that name, as it runs by default; then our rows above the product, so that a slow peer need not be timed
    /// beside each.
    /// </summary>
    private static IEnumerable<BenchPair> Steps(BenchSettings settings, string name, Func<StepData, PeerStep> create, IReadOnlyList<StepMethod> ours)
    {
        using StepData data = StepGroups.Data(settings);
        using (Tensor x = TensorOf(data.Next().Vectors))
        using (PeerStep peer = create(data))
        using (BenchCase our = ours[0].Step(data, L0, screening: ScreenMode.Automatic))
        using (BenchCase theirs = new($"{name}, L0 {L0}", $"{data.Shape}, eager, Adam 0.9/0.999", data.Product, () => peer.Step(x))
        {
            Tokens = data.Rows,
            Note = () => $"L0 {peer.LastL0:F1}, loss {peer.LastLoss:F4}",
        })
        {
            yield return new BenchPair(theirs, our);
        }

        using BenchCase product = data.ProductAlone();
        foreach (StepMethod method in ours)
        {
            using BenchCase other = method.Step(data, L0, screening: ScreenMode.Automatic);
            yield return new BenchPair(other, product);
        }
    }

    /// <summary>The product alone, into memory that is there already.</summary>
    private static BenchCase ProductOfTorch(StepData data)
    {
        Tensor x = TensorOf(data.Next().Vectors);
        Tensor weights = TensorOf(data.Parameters.EncoderWeights);
        Tensor turned = weights.transpose(0, 1);
        Tensor result = torch.zeros(data.Rows, data.Parameters.Latents);
        return new BenchCase("PyTorch's product", $"{data.Shape}, written to memory", data.Product, () => _ = result.addmm_(x, turned, 0, 1))
        {
            Tokens = data.Rows,
            Owned = [x, weights, turned, result],
        };
    }

    /// <summary>The same as steps call it: with a bias, into new memory.</summary>
    private static BenchCase LinearOfTorch(StepData data)
    {
        Tensor x = TensorOf(data.Next().Vectors);
        Tensor weights = TensorOf(data.Parameters.EncoderWeights);
        Tensor bias = torch.zeros(data.Parameters.Latents);
        return new BenchCase("PyTorch's linear", $"{data.Shape}, with a bias, written to new memory", data.Product, () => torch.nn.functional.linear(x, weights, bias).Dispose())
        {
            Tokens = data.Rows,
            Owned = [x, weights, bias],
        };
    }

    /// <summary>Copies a matrix.</summary>
    internal static Tensor TensorOf(Matrix matrix) => torch.tensor(matrix.Span.ToArray(), matrix.Rows, matrix.Columns);
}
