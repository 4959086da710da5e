using Saltus.Kernels;

namespace Saltus.Training;

/// <content>Bands that hold most latents: the thresholds' gradients are sums over the whole batch, and nothing else sees what is in the band.</content>
public sealed partial class JumpReluMethod
{
    private bool _isWide;
    private float[] _stepSlopeOfRow = [];

    /// <summary>Gets or sets whether bands are looked at as a whole where that is possible: null decides by their width (tests).</summary>
    internal bool? ForceWide { get; set; }

    /// <inheritdoc/>
    internal override bool IsWide => _isWide;

    /// <summary>
    /// Whether most bands reach down to 0, above which half of all pre-activations lie as long as biases are small; and whether the band moves
    /// nothing but the thresholds.
    /// </summary>
    private bool ChoosesWide(ReadOnlySpan<float> floors)
    {
        bool listsEverything = _options.PreActivationCoefficient > 0 && !_options.PreActivationDeadOnly;
        if (listsEverything || _options.EstimatorToInput || _options.StepSeesActivation || _options.ReluPreActivation)
        {
            return false;
        }

        int low = 0;
        foreach (float floor in floors)
        {
            low += floor <= 0 ? 1 : 0;
        }

        return ForceWide ?? (low > floors.Length / 2);
    }

    /// <summary>A latent whose silent vectors are wanted for another loss has them listed, and its band with them.</summary>
    private bool IsBanded(StepContext context, int latent) => _isWide && !NeedsEverything(context, latent);

    /// <inheritdoc/>
    internal override double DifferentiateBand(StepContext context, int latent, int firstRow, Span<float> pre, ReadOnlySpan<float> slopes)
    {
        if (!IsBanded(context, latent))
        {
            return 0;
        }

        float theta = _theta[latent];
        float bandwidth = _bandwidth[latent];
        BandKernels.Weigh(_options.Kernel, theta, bandwidth, pre);
        double weights = Reductions.SumInDouble(pre);
        double steps = _options.Penalty == SparsityPenalty.QuadraticL0
            ? Reductions.DotInDouble(pre, _stepSlopeOfRow.AsSpan(firstRow, pre.Length))
            : weights * StepSlope(context, latent, firstRow);
        return -((theta * (Reductions.DotInDouble(pre, slopes) + (weights * SilentSlope(context, latent)))) + steps) / bandwidth;
    }

    /// <summary>What the tanh penalty adds to the slope of an entry that is not active.</summary>
    private double SilentSlope(StepContext context, int latent) =>
        _options.Penalty == SparsityPenalty.Tanh ? context.Lambda / context.Rows * _options.TanhScale * _norms[latent] : 0;

    private void PrepareStepSlopes(StepContext context)
    {
        if (!_isWide || _options.Penalty != SparsityPenalty.QuadraticL0)
        {
            return;
        }

        if (_stepSlopeOfRow.Length < context.Rows)
        {
            _stepSlopeOfRow = new float[context.Rows];
        }

        for (int row = 0; row < context.Rows; row++)
        {
            _stepSlopeOfRow[row] = (float)StepSlope(context, 0, row);
        }
    }
}
