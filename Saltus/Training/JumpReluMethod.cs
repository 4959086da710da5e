using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>
/// JumpReLU with straight-through estimators on thresholds (arXiv 2407.14435): docs/math.md has every gradient derived.
/// In a run with a shared cut the first steps select as BatchTopK does, which gives short runs a start that thresholds alone,
/// moving by a learning rate a step, would not reach.
/// </summary>
/// <param name="options">The knobs; validated here.</param>
public sealed partial class JumpReluMethod(JumpReluOptions options) : TrainingMethod
{
    private readonly JumpReluOptions _options = Validated(options);
    private readonly LambdaController _controller = new(options.Lambda, options.TargetL0);
    private readonly BatchCut _cut = new();
    private readonly ThresholdAverage _cutAverage = new(new ThresholdEstimate());
    private readonly DecoderNorms _norms = new();
    private float[] _theta = [];
    private float[] _bandwidth = [];
    private double _stepSlope;
    private bool _sharesCut;

    /// <summary>Gets the knobs.</summary>
    public JumpReluOptions Options => _options;

    /// <inheritdoc/>
    public override string Name => "jumprelu";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> ExtraNames { get; } = ["threshold"];

    /// <inheritdoc/>
    internal override ReadOnlySpan<float> CurrentThresholds => _theta;

    /// <inheritdoc/>
    internal override bool TrainsExtras => !_sharesCut;

    /// <inheritdoc/>
    internal override bool ClampsFirstExtra => !_options.LogThreshold && _options.ClampThreshold;

    /// <inheritdoc/>
    internal override int FirstExtraStep => _options.SharedCutSteps;

    /// <inheritdoc/>
    internal override bool WantsSample => _sharesCut && _cut.WantsSample;

    /// <inheritdoc/>
    internal override void Initialize(SaeParameters parameters)
    {
        double start = _options.InitialThreshold;
        parameters.Threshold.AsSpan().Fill((float)(_options.LogThreshold ? RealFunctions.Log(start) : start));
    }

    /// <inheritdoc/>
    internal override void Begin(StepContext context, Span<float> floors)
    {
        SaeParameters parameters = context.Parameters;
        _sharesCut = context.Step < _options.SharedCutSteps;
        _isWide = false;
        Array.Resize(ref _theta, parameters.Latents);
        Array.Resize(ref _bandwidth, parameters.Latents);
        context.Lambda = Lambda(context.Step);
        if (_sharesCut)
        {
            _cut.Floors(floors, []);
            _theta.AsSpan().Fill((float)_cutAverage.Value);
            return;
        }

        if (context.Step == _options.SharedCutSteps && _options.SharedCutSteps > 0)
        {
            StartAtCut(parameters);
        }

        ReadThresholds(parameters);
        if (_options.Penalty == SparsityPenalty.Tanh || _options.PreActivationCoefficient > 0)
        {
            _norms.Update(context);
        }

        float support = BandKernels.Support(_options.Kernel);
        for (int latent = 0; latent < floors.Length; latent++)
        {
            float theta = _theta[latent];
            float epsilon = (float)(_options.RelativeBandwidth * theta ?? _options.Bandwidth);
            _bandwidth[latent] = epsilon;

            // One rounding below the band's edge: which entries count is decided by K itself.
            float floor = MathF.BitDecrement(theta - (support * epsilon));
            floors[latent] = NeedsEverything(context, latent) || (_options.ReluPreActivation && floor < 0) ? float.NegativeInfinity : floor;
        }

        _isWide = ChoosesWide(floors);
        for (int latent = 0; latent < floors.Length && _isWide; latent++)
        {
            floors[latent] = IsBanded(context, latent) ? _theta[latent] : float.NegativeInfinity;
        }
    }

    /// <inheritdoc/>
    internal override void Sample(StepContext context, Span<float> floors) => _cut.Sample(context, SharedL0(context.Step), floors, []);

    /// <inheritdoc/>
    internal override ReadOnlySpan<int> Select(StepContext context, Span<float> floors)
    {
        if (_sharesCut)
        {
            return _cut.Select(context, (long)(context.Rows * SharedL0(context.Step)), floors, []);
        }

        ReadOnlySpan<int> latents = context.Candidates.Latent;
        Span<float> pre = context.Candidates.Value;
        float[] activation = context.Activation;
        for (int at = 0; at < pre.Length; at++)
        {
            if (_options.ReluPreActivation)
            {
                pre[at] = MathF.Max(pre[at], 0);
            }

            activation[at] = pre[at] > _theta[latents[at]] ? pre[at] : 0;
        }

        return [];
    }

    /// <inheritdoc/>
    internal override double SparsityLoss(StepContext context)
    {
        if (_sharesCut)
        {
            return 0;
        }

        PrepareSlopes(context);
        PrepareStepSlopes(context);
        return Penalty(context);
    }

    /// <inheritdoc/>
    internal override void End(StepContext context)
    {
        if (_sharesCut)
        {
            _cutAverage.Update(context, []);
        }
        else if (_options.SteerLambda)
        {
            _controller.Observe(context.L0);
        }
    }

    /// <inheritdoc/>
    internal override void AddState(TrainingState state)
    {
        _controller.AddState(state);
        _cut.AddState(state);
        _cutAverage.AddState(state);
        state.AddCount("method.shares_cut", () => _sharesCut ? 1 : 0, shares => _sharesCut = shares != 0);
    }

    /// <inheritdoc/>
    internal override InferenceForm Inference(SaeParameters parameters)
    {
        Array.Resize(ref _theta, parameters.Latents);
        if (_sharesCut)
        {
            _theta.AsSpan().Fill((float)_cutAverage.Value);
        }
        else
        {
            ReadThresholds(parameters);
        }

        return new InferenceForm(new JumpReluActivation((float[])_theta.Clone()), parameters.EncoderBias);
    }

    private static JumpReluOptions Validated(JumpReluOptions options)
    {
        options.Validate();
        return options;
    }

    private bool NeedsEverything(StepContext context, int latent) =>
        _options.PreActivationCoefficient > 0 && (!_options.PreActivationDeadOnly || context.Silence.IsDead(latent));

    private double SharedL0(int step) =>
        _options.SharedCutStart == 1 ? _options.TargetL0 : _options.TargetL0 * RealFunctions.Pow(_options.SharedCutStart, 1 - ((double)step / _options.SharedCutSteps));

    private double Lambda(int step)
    {
        double lambda = _options.SteerLambda ? _controller.Lambda : _options.Lambda;
        return _options.LambdaWarmupSteps > 0 ? lambda * Math.Min(1, (double)step / _options.LambdaWarmupSteps) : lambda;
    }

    private void ReadThresholds(SaeParameters parameters)
    {
        if (_options.LogThreshold)
        {
            Elementary.Exp(parameters.Threshold, _theta);
        }
        else
        {
            parameters.Threshold.CopyTo(_theta, 0);
        }
    }

    private void StartAtCut(SaeParameters parameters)
    {
        float cut = Math.Max((float)_cutAverage.Value, float.Epsilon);
        parameters.Threshold.AsSpan().Fill(_options.LogThreshold ? (float)RealFunctions.Log(cut) : cut);

        // Switching off an entry at the threshold costs about θ²: with λ there, the thresholds begin in balance.
        _controller.Lambda = (double)cut * cut;
    }
}
