using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>ReLU with an L1 penalty in the three forms in use, or with a power that falls below 1 (p-annealing). At inference a JumpReLU with θ = 0.</summary>
public sealed class ReluMethod : TrainingMethod
{
    private readonly ReluOptions _options;
    private readonly SparsityCoefficient _coefficient;
    private readonly AnnealedPenalty? _annealed;
    private readonly DecoderNorms _norms = new();

    /// <summary>Creates the method.</summary>
    /// <param name="options">The knobs.</param>
    /// <exception cref="InputException">A knob is outside its range.</exception>
    public ReluMethod(ReluOptions options)
    {
        options.Validate();
        _options = options;
        _coefficient = new SparsityCoefficient(options.Lambda, options.LambdaWarmupSteps, options.TargetL0);
        _annealed = options.Annealing is null ? null : new AnnealedPenalty(options.Annealing);
    }

    /// <summary>Gets the knobs.</summary>
    public ReluOptions Options => _options;

    /// <inheritdoc/>
    public override string Name => _annealed is null ? "relu" : "p-annealing";

    /// <inheritdoc/>
    internal override void Begin(StepContext context, Span<float> floors)
    {
        floors.Clear();
        context.Lambda = _coefficient.At(context.Step);
        if (_options.Penalty == L1Penalty.DecoderNorm)
        {
            _norms.Update(context);
        }
    }

    /// <inheritdoc/>
    internal override ReadOnlySpan<int> Select(StepContext context, Span<float> floors)
    {
        context.Candidates.Value.CopyTo(context.Activation);
        return [];
    }

    /// <inheritdoc/>
    internal override double SparsityLoss(StepContext context) =>
        context.Lambda * (_annealed?.Measure(context) ?? L1Penalties.Mean(_options.Penalty, context, context.Activation, _norms));

    /// <inheritdoc/>
    internal override void Differentiate(StepContext context, ref LatentEntries entries)
    {
        double lambda = context.Lambda / context.Rows;
        double sum = 0;
        for (int at = 0; at < entries.Pre.Length; at++)
        {
            float pre = entries.Pre[at];
            double weight = _annealed?.Slope(pre) ?? L1Penalties.Weight(_options.Penalty, context, entries.Rows[at], entries.Latent, _norms);
            entries.PreGradient[at] = (float)(entries.Slope[at] + (lambda * weight));
            sum += pre;
        }

        entries.NormGradient = _options.Penalty == L1Penalty.DecoderNorm ? lambda * sum : 0;
    }

    /// <inheritdoc/>
    internal override void End(StepContext context)
    {
        _coefficient.Observe(context);
        if (_annealed is not null)
        {
            _coefficient.Rescale(_annealed.Advance(context.Step));
        }
    }

    /// <inheritdoc/>
    internal override void AddState(TrainingState state)
    {
        _coefficient.AddState(state);
        _annealed?.AddState(state);
    }

    /// <inheritdoc/>
    internal override InferenceForm Inference(SaeParameters parameters) =>
        new(new JumpReluActivation(new float[parameters.Latents]), parameters.EncoderBias);
}
