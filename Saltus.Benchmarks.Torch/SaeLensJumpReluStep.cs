using Saltus.Cli.Bench;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>SAELens's JumpReLU: own thresholds with straight-through estimators, and the number of active latents as the penalty.</summary>
internal sealed class SaeLensJumpReluStep : SaeLensStep
{
    private const int DeadAfterByDefault = 1000;
    private const double BandwidthByDefault = 0.05;

    private readonly double _bandwidth;

    /// <summary>Creates the step of the benchmark, with thresholds at which the data have the wanted L0.</summary>
    public SaeLensJumpReluStep(StepData data, float threshold)
        : this(PeerWeights.Of(data, threshold), BandwidthByDefault, NoRate, DeadAfterByDefault)
    {
    }

    /// <summary>Creates a step from start values.</summary>
    public SaeLensJumpReluStep(PeerWeights weights, double bandwidth, double learningRate, int deadAfter)
        : base(weights, learningRate, deadAfter) => _bandwidth = bandwidth;

    /// <summary>Gets or sets the coefficient of the penalty.</summary>
    public double Coefficient { get; set; } = 1;

    /// <inheritdoc/>
    protected override Tensor Loss(Tensor x)
    {
        Tensor threshold = Parameters[4];
        using (torch.no_grad())
        {
            threshold.clamp_(min: 0);
        }

        Tensor pre = (x - DecoderBias).matmul(EncoderWeights) + EncoderBias;
        Tensor features = SaeLensJumpRelu.apply(pre, threshold, _bandwidth);
        Features = features.detach();
        Tensor output = features.matmul(DecoderWeights) + DecoderBias;
        Tensor active = SaeLensHeaviside.apply(pre, threshold, _bandwidth).sum(-1);
        return SquaredError(output, x) + (Coefficient * active).mean();
    }
}
