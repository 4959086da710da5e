using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>Adam as PyTorch runs it on a CPU, one tensor after the other, with the same in-place kernels in the same order.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="learningRate">The rate of every step.</param>
internal sealed class PeerAdam(IReadOnlyList<Tensor> parameters, double learningRate) : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Tensor[] _first = [.. parameters.Select(parameter => torch.zeros_like(parameter).DetachFromDisposeScope())];
    private readonly Tensor[] _second = [.. parameters.Select(parameter => torch.zeros_like(parameter).DetachFromDisposeScope())];
    private int _step;

    /// <summary>Moves every parameter by its gradient.</summary>
    public void Step()
    {
        using IDisposable noGradients = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        _step++;
        double correction1 = 1 - Math.Pow(Beta1, _step);
        double correction2 = Math.Sqrt(1 - Math.Pow(Beta2, _step));
        using Tensor weight = torch.tensor(1 - Beta1);
        for (int i = 0; i < parameters.Count; i++)
        {
            Tensor gradient = parameters[i].grad!;
            _first[i].lerp_(gradient, weight);
            _second[i].mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
            Tensor denominator = _second[i].sqrt().div_(correction2).add_(Epsilon);
            parameters[i].addcdiv_(_first[i], denominator, -learningRate / correction1);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _first.Concat(_second))
        {
            tensor.Dispose();
        }
    }
}
