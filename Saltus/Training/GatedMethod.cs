using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>
/// Gated SAE with tied encoders (arXiv 2404.16014): π = x·W + b_gate, f = H(π)·relu((x·W)·e^r + b_mag), and the rectified gates reconstruct
/// too. One product serves both paths. The encoder bias is b_gate; r and b_mag are the extras. At inference a JumpReLU.
/// </summary>
public sealed class GatedMethod : TrainingMethod
{
    private readonly GatedOptions _options;
    private readonly SparsityCoefficient _coefficient;
    private readonly DecoderNorms _norms = new();
    private float[] _scale = [];

    /// <summary>Creates the method.</summary>
    /// <param name="options">The knobs.</param>
    /// <exception cref="InputException">A knob is outside its range.</exception>
    public GatedMethod(GatedOptions options)
    {
        options.Validate();
        _options = options;
        _coefficient = new SparsityCoefficient(options.Lambda, options.LambdaWarmupSteps, options.TargetL0);
    }

    /// <summary>Gets the knobs.</summary>
    public GatedOptions Options => _options;

    /// <inheritdoc/>
    public override string Name => "gated";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> ExtraNames { get; } = ["magnitude_log", "magnitude_bias"];

    /// <inheritdoc/>
    internal override SecondCode SecondCode => _options.FreezesDecoder ? SecondCode.FrozenDecoder : SecondCode.TrainedDecoder;

    /// <inheritdoc/>
    internal override void Restart(SaeParameters parameters, int latent) => (parameters.Extras[0][latent], parameters.Extras[1][latent]) = (0, 0);

    /// <inheritdoc/>
    internal override void Begin(StepContext context, Span<float> floors)
    {
        floors.Clear();
        context.Lambda = _coefficient.At(context.Step);
        ReadScale(context.Parameters);
        if (_options.Penalty == L1Penalty.DecoderNorm)
        {
            _norms.Update(context);
        }
    }

    /// <inheritdoc/>
    internal override ReadOnlySpan<int> Select(StepContext context, Span<float> floors)
    {
        ReadOnlySpan<int> latents = context.Candidates.Latent;
        ReadOnlySpan<float> gates = context.Candidates.Value;
        float[] gateBias = context.Parameters.EncoderBias;
        float[] magnitudeBias = context.Parameters.Extras[1];
        for (int at = 0; at < gates.Length; at++)
        {
            int latent = latents[at];
            float magnitude = ((gates[at] - gateBias[latent]) * _scale[latent]) + magnitudeBias[latent];
            context.Activation[at] = MathF.Max(magnitude, 0);
            context.Second[at] = gates[at];
        }

        return [];
    }

    /// <inheritdoc/>
    internal override double SparsityLoss(StepContext context) =>
        context.Lambda * L1Penalties.Mean(_options.Penalty, context, context.Second, _norms);

    /// <inheritdoc/>
    internal override void Differentiate(StepContext context, ref LatentEntries entries)
    {
        int latent = entries.Latent;
        float scale = _scale[latent];
        float gateBias = context.Parameters.EncoderBias[latent];
        double lambda = context.Lambda / context.Rows;
        double gates = 0, gateGradients = 0, magnitudeGradients = 0, scaleGradients = 0;
        for (int at = 0; at < entries.Pre.Length; at++)
        {
            float gate = entries.Pre[at];
            double ofGate = entries.SecondSlope[at] + (lambda * L1Penalties.Weight(_options.Penalty, context, entries.Rows[at], latent, _norms));
            double ofMagnitude = entries.Activation[at] != 0 ? entries.Slope[at] : 0;
            entries.PreGradient[at] = (float)(ofGate + (scale * ofMagnitude));
            gates += gate;
            gateGradients += ofGate;
            magnitudeGradients += ofMagnitude;
            scaleGradients += ofMagnitude * (gate - gateBias) * scale;
        }

        entries.BiasGradient = gateGradients;
        entries.FirstExtraGradient = scaleGradients;
        entries.SecondExtraGradient = magnitudeGradients;
        entries.NormGradient = _options.Penalty == L1Penalty.DecoderNorm ? lambda * gates : 0;
    }

    /// <inheritdoc/>
    internal override void End(StepContext context) => _coefficient.Observe(context);

    /// <inheritdoc/>
    internal override void AddState(TrainingState state) => _coefficient.AddState(state);

    /// <inheritdoc/>
    internal override InferenceForm Inference(SaeParameters parameters)
    {
        ReadScale(parameters);
        float[] magnitudeBias = parameters.Extras[1];
        float[] thresholds = new float[parameters.Latents];
        for (int latent = 0; latent < thresholds.Length; latent++)
        {
            // Where the gate opens below 0, the magnitude's own rectification still cuts there.
            thresholds[latent] = (float)Math.Max(0, magnitudeBias[latent] - ((double)_scale[latent] * parameters.EncoderBias[latent]));
        }

        return new InferenceForm(new JumpReluActivation(thresholds), magnitudeBias, _scale);
    }

    private void ReadScale(SaeParameters parameters)
    {
        if (_scale.Length != parameters.Latents)
        {
            _scale = new float[parameters.Latents];
        }

        Elementary.Exp(parameters.Extras[0], _scale);
    }
}
