using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// AuxK (arXiv 2406.04093): dead latents learn what the living leave over. On each vector the k_aux largest pre-activations among dead
/// latents decode to ê, and A = α · Σ ‖ê − e‖² over a variance, with e = y − x̂.
/// </summary>
/// <param name="parameters">What is trained.</param>
/// <param name="options">The knobs.</param>
internal sealed partial class AuxiliaryLoss(SaeParameters parameters, AuxiliaryOptions options) : IDisposable
{
    private readonly double[] _columnSums = new double[parameters.OutputWidth];
    private readonly LatentIndex _index = new(parameters.Latents);
    private readonly DeadSelection _selection = new(parameters, options);
    private Action<int>? _decodeBlock;
    private Action<int>? _scaleRow;
    private Matrix _gradient = new(0, 0);
    private Matrix _residual = new(0, 0);
    private double[] _rowLoss = [];
    private AuxiliaryInput _input;
    private float _gradientScale;
    private float _varianceScale;
    private bool _isOn;

    /// <summary>Gets or sets whether to screen in 8-bit integers.</summary>
    public ScreenMode Screening
    {
        get => _selection.Screening;
        set => _selection.Screening = value;
    }

    private int Wanted => options.Latents > 0 ? options.Latents : parameters.OutputWidth / 2;

    /// <summary>Gets the number of entries of a latent in this step's loss.</summary>
    /// <param name="latent">The latent.</param>
    /// <returns>0 … B.</returns>
    public int CountOf(int latent) => _isOn ? _index.CountOf(latent) : 0;

    /// <summary>Computes the loss and what its gradients need; where the residual is not held fast, adds to the output gradients.</summary>
    /// <param name="input">The step.</param>
    /// <returns>The loss, its coefficient included; 0 without dead latents.</returns>
    public double Compute(in AuxiliaryInput input)
    {
        _isOn = false;
        int dead = _selection.FindDead(input.Context.Silence);
        int k = Math.Min(Wanted, dead);
        if (k == 0)
        {
            return 0;
        }

        _input = input;
        Reserve(input.Centred.Rows);
        _selection.Choose(input.Context.Team, input.Centred, k, input.RankFactors);
        _index.Build(input.Context.Team, _selection.Entries);
        _touched.Clear();
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            if (_index.CountOf(latent) > 0)
            {
                _touched.Add(latent);
            }
        }

        if (_slopes.Length < _selection.Entries.Count)
        {
            _slopes = new float[_selection.Entries.Count + (_selection.Entries.Count / 4)];
        }

        input.Context.Team.Run((input.Centred.Rows + BlockRows - 1) / BlockRows, _decodeBlock ??= DecodeBlock);
        double squares = 0;
        foreach (double loss in _rowLoss)
        {
            squares += loss;
        }

        double variance = Divisor();
        if (!(variance > 0))
        {
            return 0;
        }

        double coefficient = options.Coefficient * (options.ScalesByDead ? Math.Min(1, (double)dead / Wanted) : 1);
        _gradientScale = (float)(2 * coefficient / variance);
        bool movesVariance = !options.DetachesResidual && options.Normalization == AuxiliaryNormalization.ResidualVariance;
        _varianceScale = movesVariance ? (float)(2 * coefficient * squares / (variance * variance)) : 0;
        input.Context.Team.Run(input.Centred.Rows, _scaleRow ??= ScaleRow);
        _isOn = true;
        return coefficient * squares / variance;
    }

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state) => _selection.AddState(state);

    /// <inheritdoc/>
    public void Dispose()
    {
        _selection.Dispose();
        _gradient.Dispose();
        _residual.Dispose();
    }

    private void Reserve(int rows)
    {
        if (_gradient.Rows != rows)
        {
            _gradient.Dispose();
            _residual.Dispose();
            _gradient = new Matrix(rows, parameters.OutputWidth);
            _residual = new Matrix(rows, parameters.OutputWidth);
            _rowLoss = new double[rows];
        }
    }

    private double Divisor() => options.Normalization switch
    {
        AuxiliaryNormalization.None => _input.Centred.Rows,
        AuxiliaryNormalization.Mean => (double)_input.Centred.Rows * parameters.OutputWidth,
        AuxiliaryNormalization.ResidualVariance => BatchVariance.Squares(_residual, _columnSums),
        AuxiliaryNormalization.TotalVariance => BatchVariance.Squares(_input.Target, _columnSums),
        _ => throw new InvalidOperationException($"no rule for {options.Normalization}"),
    };

    /// <summary>
    /// Leaves ê − e in the place of the gradient, and e = y − x̂ beside it: by slices of columns and groups of latents, which stay in the second-level cache
    /// while the block's vectors go by. Each element is still one chain over the vector's latents, ascending.
    /// </summary>
    private void DecodeBlock(int block)
    {
        int first = block * BlockRows;
        int rows = Math.Min(BlockRows, _input.Centred.Rows - first);
        Span<int> next = stackalloc int[BlockRows];
        _gradient.RowRange(first, rows).Clear();
        int groups = GroupsOf(_touched.Count);
        for (int column = 0; column < parameters.OutputWidth; column += SliceColumns)
        {
            int columns = Math.Min(SliceColumns, parameters.OutputWidth - column);
            next.Clear();
            for (int group = 0; group < groups; group++)
            {
                int last = LatentsOf(group)[^1];
                for (int row = 0; row < rows; row++)
                {
                    ReadOnlySpan<int> latents = _selection.Entries.LatentsOf(first + row);
                    int start = next[row];
                    int end = start;
                    while (end < latents.Length && latents[end] <= last)
                    {
                        end++;
                    }

                    next[row] = end;
                    SparseDecode.AddSlice(
                        latents[start..end], _selection.Entries.ValuesOf(first + row)[start..end], parameters.DecoderWeights, column,
                        _gradient.Row(first + row).Slice(column, columns));
                }
            }
        }

        for (int row = first; row < first + rows; row++)
        {
            TakeResidual(row);
        }
    }

    private void TakeResidual(int row)
    {
        Span<float> miss = _gradient.Row(row);
        Span<float> residual = _residual.Row(row);
        ReadOnlySpan<float> gradient = _input.OutputGradient[^1].Row(row);
        float toResidual = (float)(-1 / (2 * _input.RowWeight[row] * _input.LevelWeight));
        double sum = 0;
        for (int j = 0; j < miss.Length; j++)
        {
            residual[j] = toResidual * gradient[j];
            miss[j] -= residual[j];
            sum += (double)miss[j] * miss[j];
        }

        _rowLoss[row] = sum;
    }

    private void ScaleRow(int row)
    {
        Span<float> gradient = _gradient.Row(row);
        foreach (ref float value in gradient)
        {
            value *= _gradientScale;
        }

        if (options.DetachesResidual)
        {
            return;
        }

        Span<float> residual = _residual.Row(row);
        int rows = _input.Centred.Rows;
        foreach (Matrix level in _input.OutputGradient)
        {
            Span<float> output = level.Row(row);
            for (int j = 0; j < output.Length; j++)
            {
                output[j] += gradient[j];
                if (_varianceScale != 0)
                {
                    output[j] += _varianceScale * (residual[j] - (float)(_columnSums[j] / rows));
                }
            }
        }
    }
}
