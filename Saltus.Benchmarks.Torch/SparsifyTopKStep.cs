using Saltus.Cli.Bench;
using TorchSharp;
using TorchSharp.Modules;

namespace Saltus.Benchmarks.Torch;

/// <summary>
/// sparsify 1.3: dense encoder, top k of the rectified pre-activations, decoder as a weighted bag of rows, encoder gradient by adding the
/// rows' contributions [B, k, d] to their latents; loss is the unexplained share of variance, with AuxK at 1/32 on dead latents; decoder
/// rows at norm 1, gradients along them removed; Adam.
/// </summary>
internal sealed class SparsifyTopKStep : PeerStep
{
    private const double AuxCoefficient = 1 / 32.0;

    private readonly int _k;
    private readonly bool _usesAuxiliary;
    private readonly EmbeddingBag _bag;
    private readonly Tensor _tokensSinceFired;

    private SparsifyTopKStep(PeerWeights weights, EmbeddingBag bag, int k, double learningRate, bool usesAuxiliary)
        : base([Trained(weights.Encoder), Trained(weights.EncoderBias), bag.weight!, Trained(weights.DecoderBias)], learningRate)
    {
        _k = k;
        _usesAuxiliary = usesAuxiliary;
        _bag = bag;
        _tokensSinceFired = torch.zeros(weights.EncoderBias.shape[0], torch.int64);
    }

    /// <summary>Gets or sets the latents that count as dead, [M] of booleans; null for none.</summary>
    public Tensor? Dead { get; set; }

    /// <summary>Creates the step of the benchmark: without AuxK, as the tool has it by default.</summary>
    public static SparsifyTopKStep Create(StepData data, int k) => Create(PeerWeights.Of(data), k, NoRate, usesAuxiliary: false);

    /// <summary>Creates a step from start values.</summary>
    public static SparsifyTopKStep Create(PeerWeights weights, int k, double learningRate, bool usesAuxiliary) =>
        new(weights, torch.nn.EmbeddingBag_from_pretrained(weights.Decoder, freeze: false, mode: EmbeddingBagMode.Sum), k, learningRate, usesAuxiliary);

    /// <inheritdoc/>
    protected override Tensor Loss(Tensor x)
    {
        (Tensor encoder, Tensor encoderBias, _, Tensor decoderBias) = (Parameters[0], Parameters[1], Parameters[2], Parameters[3]);
        List<Tensor> encoded = SparsifyEncoder.apply(x - decoderBias, encoder, encoderBias, _k);
        Tensor values = encoded[0], indices = encoded[1];
        Tensor output = _bag.call(indices, null, values) + decoderBias;
        Tensor error = output - x;
        Tensor variance = (x - x.mean([0])).pow(2).sum();
        Tensor loss = error.pow(2).sum() / variance;
        LastL0 = indices.shape[1];
        Count(indices, x.shape[0]);
        return _usesAuxiliary && Dead is not null ? loss + (AuxCoefficient * Auxiliary(encoded[2], error, variance, x.shape[1])) : loss;
    }

    /// <inheritdoc/>
    protected override void AfterBackward()
    {
        using IDisposable noGradients = torch.no_grad();
        Tensor decoder = Parameters[2];
        Tensor gradient = decoder.grad!;
        Tensor along = (gradient * decoder).sum(1, keepdim: true);
        gradient.sub_(along * decoder);
    }

    /// <inheritdoc/>
    protected override void AfterUpdate()
    {
        using IDisposable noGradients = torch.no_grad();
        Tensor decoder = Parameters[2];
        decoder.div_(decoder.norm(1, keepdim: true, 2) + 1.1920929e-07f);
    }

    /// <inheritdoc/>
    protected override void Free()
    {
        _tokensSinceFired.Dispose();
        _bag.Dispose();
    }

    /// <inheritdoc/>
    protected override Tensor Recorded(Tensor encoder)
    {
        Tensor turned = encoder.detach().transpose(0, 1);
        turned.grad = encoder.grad!.transpose(0, 1).contiguous();
        return turned;
    }

    private void Count(Tensor indices, long tokens)
    {
        using IDisposable noGradients = torch.no_grad();
        _tokensSinceFired.add_(tokens);
        _tokensSinceFired.index_fill_(0, indices.flatten(), 0);
    }

    /// <summary>The dead latents' share in explaining the error, by their k largest rectified pre-activations; no gradient to the encoder.</summary>
    private Tensor Auxiliary(Tensor pre, Tensor error, Tensor variance, long width)
    {
        long dead = Dead!.sum().item<long>();
        long k = Math.Min(width / 2, dead);
        double scale = Math.Min(dead / (width / 2.0), 1);
        Tensor latents = torch.where(Dead.unsqueeze(0), pre.detach(), torch.tensor(float.NegativeInfinity));
        (Tensor values, Tensor indices) = latents.topk((int)k, 1, true, false);
        Tensor output = _bag.call(indices, null, values);
        return scale * (output - (-error.detach())).pow(2).sum() / variance;
    }
}
