using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>sparsify's encoder with its own backward pass: gradients of the k chosen entries only.</summary>
internal sealed class SparsifyEncoder : torch.autograd.MultiTensorFunction<SparsifyEncoder>
{
    /// <inheritdoc/>
    public override string Name => nameof(SparsifyEncoder);

    /// <inheritdoc/>
    public override List<Tensor> forward(torch.autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor input, Tensor weight, Tensor bias, int k) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (int)vars[3]);
        Tensor pre = torch.nn.functional.linear(input, weight, bias).relu_();
        (Tensor values, Tensor indices) = pre.topk(k, -1, true, false);
        ctx.save_for_backward([input, weight, bias, indices]);
        ctx.mark_non_differentiable([indices]);
        return [values, indices, pre];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(torch.autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor input, Tensor weight, Tensor bias, Tensor indices) = (saved[0], saved[1], saved[2], saved[3]);
        Tensor gradient = grad_outputs[0];
        // The view, not the parameter itself: freezing would stop its training.
        using TorchSharp.Modules.EmbeddingBag bag = torch.nn.EmbeddingBag_from_pretrained(weight.detach(), freeze: true, mode: EmbeddingBagMode.Sum);
        Tensor inputGradient = bag.call(indices, null, gradient);
        Tensor contributions = (gradient.unsqueeze(2) * input.unsqueeze(1)).reshape(-1, input.shape[1]);
        Tensor flat = indices.flatten();
        Tensor weightGradient = torch.zeros_like(weight).index_add_(0, flat, contributions, 1);
        Tensor biasGradient = torch.zeros_like(bias).index_add_(0, flat, gradient.flatten(), 1);
        return [inputGradient, weightGradient, biasGradient, null!];
    }
}
