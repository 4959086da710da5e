namespace Saltus.Tests.Training.Twin;

/// <summary>
/// One batch forwards and backwards, dense and in the order of the textbook: every loss term adds what it asks of the latents, steps, thresholds and decoder
/// norms to the matrices named Wanted…, and the backward pass hands these on to the parameters. Shapes: B batch, d inputs, o outputs, F latents.
/// </summary>
internal sealed partial class TwinPass
{
    private readonly TwinOptions _options;
    private readonly NamedTensors _parameters;
    private readonly DoubleMatrix _x;
    private readonly DoubleMatrix _y;
    private readonly double _coefficient;
    private readonly FrozenValues _frozen;
    private readonly double[] _norms;

    /// <param name="options">What to compute.</param>
    /// <param name="parameters">Read, never written.</param>
    /// <param name="x">Inputs [B, d].</param>
    /// <param name="y">Targets [B, o]; the inputs themselves for an autoencoder.</param>
    /// <param name="coefficient">The sparsity coefficient in force.</param>
    /// <param name="dead">Given the latents of this batch [B, F], which latents count as dead.</param>
    /// <param name="frozen">Stop-gradient values of an earlier pass; null: this pass's own.</param>
    public TwinPass(
        TwinOptions options,
        NamedTensors parameters,
        DoubleMatrix x,
        DoubleMatrix y,
        double coefficient,
        Func<DoubleMatrix, bool[]> dead,
        FrozenValues? frozen = null)
    {
        _options = options;
        _parameters = parameters;
        _x = x;
        _y = y;
        _coefficient = coefficient;
        _frozen = frozen ?? new FrozenValues();
        _norms = RowNorms(parameters["W_dec"]);
        Gradients = parameters.ZeroLike();
        _wantedNorms = new double[_norms.Length];
        _wantedThresholds = new double[_norms.Length];

        Encode();
        Dead = dead(Latents);
        double reconstruction = Reconstruct();
        double sparsity = _coefficient * SparsityTerm();
        double preActivation = PreActivationTerm();
        double auxiliary = options.Arch == "gated" ? GateTerm() : AuxiliaryTerm();
        Losses = new TwinLosses(reconstruction, sparsity, preActivation, auxiliary);
        Backward();
    }

    public TwinLosses Losses { get; }

    /// <summary>Gradient of the total loss by parameter.</summary>
    public NamedTensors Gradients { get; }

    /// <summary>z [B, F], after the ReLU if relu_pre; the gate's for arch gated.</summary>
    public DoubleMatrix PreActivations { get; private set; } = null!;

    /// <summary>f [B, F].</summary>
    public DoubleMatrix Latents { get; private set; } = null!;

    /// <summary>x̂ [B, o], of the last level.</summary>
    public DoubleMatrix Reconstruction { get; private set; } = null!;

    /// <summary>θ [F] as used in this pass; empty but for arch jumprelu.</summary>
    public double[] Thresholds { get; private set; } = [];

    /// <summary>Latents that counted as dead.</summary>
    public bool[] Dead { get; }

    public int DeadCount => Dead.Count(dead => dead);

    /// <summary>Mean number of positive latents per row.</summary>
    public double L0 => (double)Latents.Values.Count(f => f > 0) / Latents.Rows;

    /// <summary>Distance of the closest decision (threshold, kernel edge, selection, ReLU) to its edge.</summary>
    public double Margin { get; private set; } = double.PositiveInfinity;

    private int Rows => _x.Rows;

    private static double[] RowNorms(DoubleMatrix matrix)
    {
        double[] norms = new double[matrix.Rows];
        for (int row = 0; row < norms.Length; row++)
        {
            norms[row] = Math.Sqrt(DoubleMatrix.Dot(matrix.Row(row), matrix.Row(row)));
        }

        return norms;
    }

    private void Edge(double distance) => Margin = Math.Min(Margin, Math.Abs(distance));
}
