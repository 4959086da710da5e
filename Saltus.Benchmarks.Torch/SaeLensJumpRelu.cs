using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>z·H(z − θ) with the estimator −(θ/ε)·K((z − θ)/ε) for θ.</summary>
internal sealed class SaeLensJumpRelu : torch.autograd.SingleTensorFunction<SaeLensJumpRelu>
{
    /// <inheritdoc/>
    public override string Name => nameof(SaeLensJumpRelu);

    /// <inheritdoc/>
    public override Tensor forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor pre, Tensor threshold) = ((Tensor)vars[0], (Tensor)vars[1]);
        ctx.save_for_backward([pre, threshold]);
        ctx.save_data("bandwidth", vars[2]);
        return pre * pre.gt(threshold);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, Tensor grad_output)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor pre, Tensor threshold) = (saved[0], saved[1]);
        double bandwidth = (double)ctx.get_data("bandwidth");
        Tensor preGradient = pre.gt(threshold) * grad_output;
        Tensor thresholdGradient = (-(threshold / bandwidth) * InBand((pre - threshold) / bandwidth) * grad_output).sum(0L);
        return [preGradient, thresholdGradient, null!];
    }

    /// <summary>The rectangle: 1 within half a bandwidth.</summary>
    internal static Tensor InBand(Tensor distance) => distance.gt(-0.5).logical_and(distance.lt(0.5)).to(torch.float32);
}
