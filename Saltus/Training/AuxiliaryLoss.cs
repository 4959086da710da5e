using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// AuxK (arXiv 2406.04093): dead latents learn what the living leave over. On each token the k_aux largest rectified pre-activations among
/// dead latents decode to ê, and A = α · mean ‖ê − e‖² / mean ‖e − mean e‖² with e = x − x̂ held fixed.
/// </summary>
/// <param name="parameters">What is trained.</param>
/// <param name="options">Coefficient and k_aux.</param>
internal sealed class AuxiliaryLoss(SaeParameters parameters, TrainerOptions options) : IDisposable
{
    private readonly SparseActivations _entries = new(parameters.Latents);
    private readonly LatentIndex _index = new(parameters.Latents);
    private readonly List<int> _dead = [];
    private readonly float[] _noBias = new float[parameters.Width];
    private Matrix _gradient = new(0, 0);
    private (int Latent, float Value)[][] _rows = [];
    private double[] _rowLoss = [];

    /// <summary>Gets the number of entries of a latent in this step's loss.</summary>
    /// <param name="latent">The latent.</param>
    /// <returns>0 … B.</returns>
    public int CountOf(int latent) => _dead.Count == 0 ? 0 : _index.CountOf(latent);

    /// <summary>Computes the loss and what its gradients need.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="context">The step, with silence up to date.</param>
    /// <param name="centred">The encoder's input, [B, d].</param>
    /// <param name="outputGradient">2 (x̂ − x) / B, [B, d].</param>
    /// <returns>α · A; 0 without dead latents.</returns>
    public double Compute(WorkTeam team, StepContext context, Matrix centred, Matrix outputGradient)
    {
        _dead.Clear();
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            if (context.Silence.IsDead(latent))
            {
                _dead.Add(latent);
            }
        }

        if (_dead.Count == 0)
        {
            return 0;
        }

        Choose(team, centred);
        return Decode(team, outputGradient);
    }

    /// <summary>Adds the loss's gradients with respect to one latent's rows.</summary>
    /// <param name="latent">The latent.</param>
    /// <param name="centred">The encoder's input, [B, d].</param>
    /// <param name="encoderRow">[d]; added to.</param>
    /// <param name="decoderRow">[d]; added to.</param>
    /// <returns>The gradient with respect to the encoder bias.</returns>
    public double AddGradients(int latent, Matrix centred, Span<float> encoderRow, Span<float> decoderRow)
    {
        ReadOnlySpan<int> rows = _index.RowsOf(latent);
        ReadOnlySpan<int> positions = _index.PositionsOf(latent);
        ReadOnlySpan<float> direction = parameters.DecoderWeights.Row(latent);
        double bias = 0;
        for (int at = 0; at < rows.Length; at++)
        {
            ReadOnlySpan<float> gradient = _gradient.Row(rows[at]);
            float slope = Reductions.Dot(direction, gradient);
            Axpy.Add(_entries.Value[positions[at]], gradient, decoderRow);
            Axpy.Add(slope, centred.Row(rows[at]), encoderRow);
            bias += slope;
        }

        return bias;
    }

    /// <inheritdoc/>
    public void Dispose() => _gradient.Dispose();

    private void Choose(WorkTeam team, Matrix centred)
    {
        using Matrix weights = new(_dead.Count, parameters.Width);
        for (int i = 0; i < _dead.Count; i++)
        {
            parameters.EncoderWeights.Row(_dead[i]).CopyTo(weights.Row(i));
        }

        using Matrix pre = new(centred.Rows, _dead.Count);
        MatMul.Multiply(team, centred, new MatrixRows(weights), pre);
        int k = Math.Min(options.AuxLatents > 0 ? options.AuxLatents : parameters.Width / 2, _dead.Count);
        TopKActivation activation = new(k, TopKRelu.Before);
        Array.Resize(ref _rows, centred.Rows);
        team.Run(centred.Rows, row =>
        {
            Span<float> values = pre.Row(row);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] += parameters.EncoderBias[_dead[i]];
            }

            _rows[row] = Selection.Choose(values, activation);
        });
        _entries.Shape(Array.ConvertAll(_rows, row => row.Length));
        for (int row = 0; row < _rows.Length; row++)
        {
            Span<int> latents = _entries.MutableLatentsOf(row);
            Span<float> values = _entries.ValuesOf(row);
            for (int i = 0; i < latents.Length; i++)
            {
                (latents[i], values[i]) = (_dead[_rows[row][i].Latent], _rows[row][i].Value);
            }
        }

        _index.Build(_entries);
    }

    private double Decode(WorkTeam team, Matrix outputGradient)
    {
        int rows = outputGradient.Rows;
        if (_gradient.Rows != rows)
        {
            _gradient.Dispose();
            _gradient = new Matrix(rows, parameters.Width);
            _rowLoss = new double[rows];
        }

        // e = x − x̂ = −(B / 2) · ∂L/∂x̂.
        float toResidual = -rows / 2f;
        team.Run(rows, row =>
        {
            Span<float> miss = _gradient.Row(row);
            SparseDecode.Row(_entries.LatentsOf(row), _entries.ValuesOf(row), parameters.DecoderWeights, _noBias, miss);
            ReadOnlySpan<float> gradient = outputGradient.Row(row);
            double sum = 0;
            for (int j = 0; j < miss.Length; j++)
            {
                miss[j] -= toResidual * gradient[j];
                sum += (double)miss[j] * miss[j];
            }

            _rowLoss[row] = sum;
        });

        double variance = ResidualVariance(outputGradient, toResidual);
        if (variance <= 0)
        {
            _dead.Clear();
            return 0;
        }

        double weight = options.AuxCoefficient / variance;
        float scale = (float)(2 * weight / rows);
        double loss = 0;
        for (int row = 0; row < rows; row++)
        {
            loss += _rowLoss[row];
            foreach (ref float value in _gradient.Row(row))
            {
                value *= scale;
            }
        }

        return weight * loss / rows;
    }

    private double ResidualVariance(Matrix outputGradient, float toResidual)
    {
        double[] mean = new double[parameters.Width];
        double squares = 0;
        for (int row = 0; row < outputGradient.Rows; row++)
        {
            ReadOnlySpan<float> gradient = outputGradient.Row(row);
            for (int j = 0; j < mean.Length; j++)
            {
                double residual = toResidual * gradient[j];
                mean[j] += residual;
                squares += residual * residual;
            }
        }

        double ofMean = 0;
        foreach (double sum in mean)
        {
            ofMean += sum / outputGradient.Rows * (sum / outputGradient.Rows);
        }

        return (squares / outputGradient.Rows) - ofMean;
    }
}
