using Saltus.Cli.Bench;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>SAELens's BatchTopK: the B·k largest of the whole batch, and a running mean of the smallest of them.</summary>
internal sealed class SaeLensBatchTopKStep : SaeLensTopKStep
{
    private const double ThresholdRate = 0.01;

    private Tensor _threshold = torch.zeros(1, torch.float64);

    /// <summary>Creates the step of the benchmark.</summary>
    public SaeLensBatchTopKStep(StepData data, double k)
        : base(data, k)
    {
    }

    /// <summary>Creates a step from start values.</summary>
    public SaeLensBatchTopKStep(PeerWeights weights, double k, double learningRate, int deadAfter)
        : base(weights, k, learningRate, deadAfter)
    {
    }

    /// <inheritdoc/>
    protected override Tensor Choose(Tensor pre)
    {
        Tensor flat = pre.relu().flatten();
        (Tensor values, Tensor indices) = flat.topk((int)(K * pre.shape[0]), -1, true, true);
        Tensor features = torch.zeros_like(flat).scatter(-1, indices, values).reshape(pre.shape);
        UpdateThreshold(features);
        return features;
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        base.Free();
        _threshold.Dispose();
    }

    private void UpdateThreshold(Tensor features)
    {
        using IDisposable noGradients = torch.no_grad();
        Tensor positive = features.gt(0);
        if (positive.any().item<bool>())
        {
            Tensor smallest = features.masked_select(positive).min().to(torch.float64);
            Tensor next = ((1 - ThresholdRate) * _threshold) + (ThresholdRate * smallest);
            _threshold.Dispose();
            _threshold = next.DetachFromDisposeScope();
        }
    }
}
