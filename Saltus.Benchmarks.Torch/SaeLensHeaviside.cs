using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>H(z − θ) with the estimator −(1/ε)·K((z − θ)/ε) for θ, and none for z.</summary>
internal sealed class SaeLensHeaviside : torch.autograd.SingleTensorFunction<SaeLensHeaviside>
{
    /// <inheritdoc/>
    public override string Name => nameof(SaeLensHeaviside);

    /// <inheritdoc/>
    public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor pre, Tensor threshold) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([pre, threshold]);
        ctx.save_data("bandwidth", vars[2]);
        return pre.gt(threshold).to(torch.float32);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor pre, Tensor threshold) = (saved[0], saved[1]);
        double bandwidth = (double)ctx.get_data("bandwidth");
        Tensor thresholdGradient = (-(1 / bandwidth) * SaeLensJumpRelu.InBand((pre - threshold) / bandwidth) * grad_output).sum(0L);
        return [torch.zeros_like(pre), thresholdGradient, null!];
    }
}
