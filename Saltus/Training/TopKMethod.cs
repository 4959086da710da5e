using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>TopK (arXiv 2406.04093): the k largest pre-activations of each vector, rectified; sparsity needs no penalty.</summary>
public sealed class TopKMethod : TrainingMethod
{
    private readonly TopKOptions _options;
    private readonly RowCut _cut = new();
    private readonly ThresholdAverage _average;
    private readonly DecoderNorms _norms = new();
    private readonly int _k;

    /// <summary>Creates the method.</summary>
    /// <param name="options">The knobs.</param>
    /// <exception cref="InputException">A knob is outside its range.</exception>
    public TopKMethod(TopKOptions options)
    {
        options.Validate();
        TrainerOptions.Check(options.K == Math.Floor(options.K) && options.K <= int.MaxValue, "k of TopK", options.K, "a whole number");
        (_options, _k) = (options, (int)options.K);
        _average = new ThresholdAverage(options.Threshold);
    }

    /// <summary>Gets the knobs.</summary>
    public TopKOptions Options => _options;

    /// <inheritdoc/>
    public override string Name => "topk";

    /// <summary>Gets the running average of the smallest kept activation: 0 or negative before the first.</summary>
    public double Threshold => _average.Value;

    /// <inheritdoc/>
    internal override ReadOnlyMemory<float> RankFactors => _options.RanksByDecoderNorm ? _norms.Memory : default;

    /// <inheritdoc/>
    internal override bool WantsSample => float.IsNaN(_cut.Guess);

    /// <inheritdoc/>
    internal override void Begin(StepContext context, Span<float> floors)
    {
        if (_options.RanksByDecoderNorm)
        {
            _norms.Update(context);
        }

        _cut.Floors(floors, RankFactors, rectifies: true);
    }

    /// <inheritdoc/>
    internal override void Sample(StepContext context, Span<float> floors)
    {
        _cut.Sample(context.Team, context.Candidates, _k, RankFactors, rectifies: true);
        _cut.Floors(floors, RankFactors, rectifies: true);
    }

    /// <inheritdoc/>
    internal override ReadOnlySpan<int> Select(StepContext context, Span<float> floors) =>
        _cut.Select(context.Team, context.Candidates, context.Activation, _k, RankFactors, rectifies: true, floors);

    /// <inheritdoc/>
    internal override void Differentiate(StepContext context, ref LatentEntries entries) => KeptEntries.Differentiate(ref entries);

    /// <inheritdoc/>
    internal override void End(StepContext context) => _average.Update(context, RankFactors.Span);

    /// <inheritdoc/>
    internal override void AddState(TrainingState state)
    {
        _cut.AddState(state, "method.cut_guess");
        _average.AddState(state);
    }

    /// <inheritdoc/>
    internal override InferenceForm Inference(SaeParameters parameters) =>
        new(new TopKActivation(_k, TopKRelu.Before), parameters.EncoderBias);
}
