using Saltus.Cli.Bench;
using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>SAELens's TopK: the k largest of the pre-activations times their decoder norms; AuxK on dead latents.</summary>
internal class SaeLensTopKStep : SaeLensStep
{
    private const int DeadAfterByDefault = 1000;

    private readonly double _k;

    /// <summary>Creates the step of the benchmark.</summary>
    public SaeLensTopKStep(StepData data, double k)
        : this(PeerWeights.Of(data), k, NoRate, DeadAfterByDefault)
    {
    }

    /// <summary>Creates a step from start values.</summary>
    public SaeLensTopKStep(PeerWeights weights, double k, double learningRate, int deadAfter)
        : base(weights, learningRate, deadAfter) => _k = k;

    /// <summary>Gets the number of latents a token.</summary>
    protected double K => _k;

    /// <inheritdoc/>
    protected override Tensor Loss(Tensor x)
    {
        Tensor norms = DecoderWeights.norm(1, keepdim: false, 2);
        Tensor pre = ((x - DecoderBias).matmul(EncoderWeights) + EncoderBias) * norms;
        Tensor features = Choose(pre);
        Features = features.detach();
        Tensor output = (features / norms).matmul(DecoderWeights) + DecoderBias;
        Tensor loss = SquaredError(output, x);
        long dead = Dead.sum().item<long>();
        return dead == 0 ? loss : loss + Auxiliary(x, output, pre, norms, dead);
    }

    /// <summary>Chooses the features.</summary>
    protected virtual Tensor Choose(Tensor pre)
    {
        (Tensor values, Tensor indices) = pre.topk((int)_k, -1, true, false);
        return torch.zeros_like(pre).scatter_(-1, indices, values.relu());
    }

    private Tensor Auxiliary(Tensor x, Tensor output, Tensor pre, Tensor norms, long dead)
    {
        long most = x.shape[1] / 2;
        Tensor residual = (x - output).detach();
        Tensor latents = torch.where(Dead.unsqueeze(0), pre, torch.tensor(float.NegativeInfinity));
        (Tensor values, Tensor indices) = latents.topk((int)Math.Min(most, dead), -1, true, false);
        Tensor features = torch.zeros_like(pre).scatter_(-1, indices, values);
        return Math.Min((double)dead / most, 1) * SquaredError((features / norms).matmul(DecoderWeights), residual);
    }
}
