using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>
/// BatchTopK (arXiv 2412.06410): the B·k largest positive pre-activations of a batch. At inference one threshold, the running average of the
/// smallest kept activation, makes it a JumpReLU SAE.
/// </summary>
public sealed class BatchTopKMethod : TrainingMethod
{
    private readonly TopKOptions _options;
    private readonly BatchCut _cut = new();
    private readonly ThresholdAverage _average;
    private readonly DecoderNorms _norms = new();

    /// <summary>Creates the method.</summary>
    /// <param name="options">The knobs.</param>
    /// <exception cref="InputException">A knob is outside its range.</exception>
    public BatchTopKMethod(TopKOptions options)
    {
        options.Validate();
        _options = options;
        _average = new ThresholdAverage(options.Threshold);
    }

    /// <summary>Gets the knobs.</summary>
    public TopKOptions Options => _options;

    /// <inheritdoc/>
    public override string Name => "batchtopk";

    /// <summary>Gets the threshold as estimated so far, in training units, of π or where latents are ranked so of π·‖d‖; 0 or negative before the first step.</summary>
    public double Threshold => _average.Value;

    /// <inheritdoc/>
    internal override ReadOnlyMemory<float> RankFactors => _options.RanksByDecoderNorm ? _norms.Memory : default;

    /// <inheritdoc/>
    internal override bool WantsSample => _cut.WantsSample;

    /// <inheritdoc/>
    internal override void Begin(StepContext context, Span<float> floors)
    {
        if (_options.RanksByDecoderNorm)
        {
            _norms.Update(context);
        }

        _cut.Floors(floors, RankFactors.Span);
    }

    /// <inheritdoc/>
    internal override void Sample(StepContext context, Span<float> floors) => _cut.Sample(context, _options.K, floors, RankFactors.Span);

    /// <inheritdoc/>
    internal override ReadOnlySpan<int> Select(StepContext context, Span<float> floors) =>
        _cut.Select(context, (long)(_options.K * context.Rows), floors, RankFactors.Span);

    /// <inheritdoc/>
    internal override void Differentiate(StepContext context, ref LatentEntries entries) => KeptEntries.Differentiate(ref entries);

    /// <inheritdoc/>
    internal override void End(StepContext context) => _average.Update(context, RankFactors.Span);

    /// <inheritdoc/>
    internal override void AddState(TrainingState state)
    {
        _cut.AddState(state);
        _average.AddState(state);
    }

    /// <inheritdoc/>
    internal override InferenceForm Inference(SaeParameters parameters)
    {
        // π·‖d‖ > θ is π > θ/‖d‖: a threshold for each latent.
        float[] thresholds = new float[parameters.Latents];
        double threshold = Math.Max(_average.Value, 0);
        for (int latent = 0; latent < thresholds.Length; latent++)
        {
            double norm = 1;
            if (_options.RanksByDecoderNorm)
            {
                ReadOnlySpan<float> row = parameters.DecoderWeights.Row(latent);
                norm = Math.Sqrt(Kernels.Reductions.Dot(row, row));
            }

            thresholds[latent] = norm > 0 ? (float)(threshold / norm) : float.MaxValue;
        }

        return new InferenceForm(new JumpReluActivation(thresholds), parameters.EncoderBias);
    }
}
