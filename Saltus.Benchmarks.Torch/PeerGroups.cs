using Saltus.Cli.Bench;
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
        new("sparsify", "sparsify's TopK step beside ours", settings => Steps(settings, "sparsify TopK", data => SparsifyTopKStep.Create(data, (int)L0), Ours)),
        new("topk", "SAELens's TopK step beside ours", settings => Steps(settings, "SAELens TopK", data => new SaeLensTopKStep(data, (int)L0), Ours)),
        new("batchtopk", "SAELens's BatchTopK step beside ours", settings => Steps(settings, "SAELens BatchTopK", data => new SaeLensBatchTopKStep(data, (int)L0), Ours)),
        new("jumprelu", "SAELens's JumpReLU step beside ours", settings => Steps(settings, "SAELens JumpReLU", data => new SaeLensJumpReluStep(data, data.Cut(L0)), Ours)),
    ];

    /// <summary>Our own rows that a peer's step is held against.</summary>
    private static IReadOnlyList<string> Ours => [StepMethod.Main];

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

    private static IEnumerable<BenchPair> Steps(BenchSettings settings, string name, Func<StepData, PeerStep> create, IReadOnlyList<string> ours)
    {
        using StepData data = StepGroups.Data(settings);
        using Tensor x = TensorOf(data.Next().Vectors);
        using PeerStep peer = create(data);
        using BenchCase theirs = new($"{name}, L0 {L0}", $"{data.Shape}, eager, Adam 0.9/0.999", data.Product, () => peer.Step(x))
        {
            Tokens = data.Rows,
            Note = () => $"loss {peer.LastLoss:F4}, L0 {peer.LastL0:F1}",
        };
        foreach (string our in ours)
        {
            using BenchCase step = StepMethod.Of(our).Step(data, L0);
            yield return new BenchPair(theirs, step);
        }
    }

    /// <summary>The product alone, into memory that is there already.</summary>
    private static BenchCase ProductOfTorch(StepData data)
    {
        Tensor x = TensorOf(data.Next().Vectors);
        Tensor weights = TensorOf(data.Parameters.EncoderWeights);
        Tensor turned = weights.transpose(0, 1);
        Tensor result = torch.zeros(data.Rows, data.Parameters.Latents);
        return new BenchCase("PyTorch's product", $"{data.Shape}, written to memory", data.Product, () => result.addmm_(x, turned, 0, 1).Dispose())
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
