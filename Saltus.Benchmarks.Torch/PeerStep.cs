using TorchSharp;

namespace Saltus.Benchmarks.Torch;

/// <summary>A training step of another tool, written out on PyTorch's kernels: forward, autograd's backward, optimiser, bookkeeping.</summary>
/// <param name="parameters">What is trained; owned from here on.</param>
/// <param name="learningRate">The optimiser's.</param>
internal abstract class PeerStep(IReadOnlyList<Tensor> parameters, double learningRate) : IDisposable
{
    /// <summary>Too small to change what is measured.</summary>
    protected const double NoRate = 1e-9;

    private readonly PeerAdam _adam = new(parameters, learningRate);

    /// <summary>Gets the total loss of the last step.</summary>
    public double LastLoss { get; private set; }

    /// <summary>Gets the mean number of active latents a token of the last step.</summary>
    public double LastL0 { get; protected set; }

    /// <summary>Gets what is trained.</summary>
    protected IReadOnlyList<Tensor> Parameters { get; } = parameters;

    /// <summary>Trains on one batch.</summary>
    /// <param name="x">[B, d].</param>
    public void Step(Tensor x)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Backward(x);
        AfterBackward();
        _adam.Step();
        AfterUpdate();
        foreach (Tensor parameter in Parameters)
        {
            parameter.grad = null;
        }
    }

    /// <summary>Computes the loss and, by autograd, its gradients.</summary>
    /// <param name="x">[B, d].</param>
    public void Backward(Tensor x)
    {
        Tensor loss = Loss(x);
        loss.backward();
        LastLoss = loss.item<float>();
    }

    /// <summary>Gets the parameters by the names of the recorded runs, each in their orientation.</summary>
    public IEnumerable<(string Name, Tensor Value)> Named() =>
        new[] { "W_enc", "b_enc", "W_dec", "b_dec", "threshold" }.Zip(Parameters, (name, value) => (name, name == "W_enc" ? Recorded(value) : value));

    /// <inheritdoc/>
    public void Dispose()
    {
        _adam.Dispose();
        foreach (Tensor parameter in Parameters)
        {
            parameter.Dispose();
        }

        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Computes the loss of a batch.</summary>
    protected abstract Tensor Loss(Tensor x);

    /// <summary>Changes gradients before the optimiser sees them.</summary>
    protected abstract void AfterBackward();

    /// <summary>Does what the tool does behind the optimiser.</summary>
    protected virtual void AfterUpdate()
    {
    }

    /// <summary>Frees what the step keeps beside its parameters.</summary>
    protected virtual void Free()
    {
    }

    /// <summary>Gets the encoder weights as [d, M], with their gradient.</summary>
    protected virtual Tensor Recorded(Tensor encoder) => encoder;

    /// <summary>Makes a trained parameter of a copy.</summary>
    protected static Tensor Trained(Tensor values) => values.contiguous().requires_grad_(true);
}
