namespace Saltus.Tests.Training.Twin;

internal sealed partial class TwinPass
{
    private readonly List<DoubleMatrix> _wantedReconstructions = [];
    private DoubleMatrix _decoderInput = null!;
    private DoubleMatrix _error = null!;

    private int[] LevelWidths => _options.Widths is { } widths ? [.. widths] : [_norms.Length];

    /// <summary>Σ over levels of weight × error, and the derivative by each level's x̂.</summary>
    private double Reconstruct()
    {
        _decoderInput = Latents.Clone();
        for (int n = 0; _options.Rescale && n < _decoderInput.Values.Length; n++)
        {
            _decoderInput.Values[n] /= _norms[n % _norms.Length];
        }

        double loss = 0;
        for (int level = 0; level < LevelWidths.Length; level++)
        {
            int width = LevelWidths[level];
            double weight = _options.Weights is { } weights ? weights[level] : 1;
            Reconstruction = DoubleMatrix.Product(_decoderInput.FirstColumns(width), _parameters["W_dec"].FirstRows(width));
            Reconstruction.AddToRows(_parameters["b_dec"].Values);
            if (_options.Skip)
            {
                Reconstruction.Add(DoubleMatrix.Product(_x, _parameters["W_skip"]));
            }

            _error = Difference(_y, Reconstruction);
            double[] rowWeights = RowWeights();
            DoubleMatrix wanted = new(Rows, _y.Columns);
            for (int b = 0; b < Rows; b++)
            {
                loss += weight * rowWeights[b] * DoubleMatrix.Dot(_error.Row(b), _error.Row(b));
                for (int j = 0; j < _y.Columns; j++)
                {
                    wanted[b, j] = -2 * weight * rowWeights[b] * _error[b, j];
                }
            }

            _wantedReconstructions.Add(wanted);
        }

        return loss;
    }

    /// <summary>Every reconstruction loss is Σ_b w_b Σ_o e²; these are the w_b.</summary>
    private double[] RowWeights()
    {
        double[] weights = new double[Rows];
        for (int b = 0; b < Rows; b++)
        {
            weights[b] = _options.Recon switch
            {
                "sum" => 1.0 / Rows,
                "mean" => 1.0 / (Rows * _y.Columns),
                "fvu" => 1 / SquareSum(Centred(_y)),
                "normalised" => 1 / (Rows * DoubleMatrix.Dot(_y.Row(b), _y.Row(b))),
                _ => throw new InvalidDataException($"option recon: unknown value '{_options.Recon}'"),
            };
        }

        return weights;
    }

    private static DoubleMatrix Difference(DoubleMatrix a, DoubleMatrix b) => new(a.Rows, a.Columns, [.. a.Values.Zip(b.Values, (p, q) => p - q)]);

    private static double SquareSum(DoubleMatrix matrix) => DoubleMatrix.Dot(matrix.Values, matrix.Values);

    /// <summary>Less the mean of each column.</summary>
    private static DoubleMatrix Centred(DoubleMatrix matrix)
    {
        DoubleMatrix result = matrix.Clone();
        result.AddToRows([.. matrix.ColumnSums().Select(sum => -sum / matrix.Rows)]);
        return result;
    }
}
