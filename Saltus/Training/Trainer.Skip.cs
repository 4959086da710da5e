using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <content>The skip connection of a transcoder, x·W_skipᵀ: dense, and small beside the encoder.</content>
public sealed partial class Trainer
{
    private const int SkipRowsOfAnItem = 24;

    private readonly Action<int> _skipBlock;
    private readonly Matrix _skipGradient;
    private readonly PackedPanels _skipInputByColumn = new();

    private void DifferentiateSkip()
    {
        if (Parameters.SkipWeights is not null)
        {
            _skipInputByColumn.PackRows(_team, SkipInput);
            _team.Run((_skipGradient.Rows + SkipRowsOfAnItem - 1) / SkipRowsOfAnItem, _skipBlock);
        }
    }

    /// <summary>∂L/∂W_skip[j] = Σ_b ∂L/∂x̂_bj · x_b for a few outputs j.</summary>
    private void DifferentiateSkip(int block)
    {
        int first = block * SkipRowsOfAnItem;
        int count = Math.Min(SkipRowsOfAnItem, _skipGradient.Rows - first);
        int rows = _context.Rows;
        Span<float> byOutput = Workspace.Take(count * rows, slot: 1);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> gradient = _outputGradient[0].Row(row).Slice(first, count);
            for (int j = 0; j < count; j++)
            {
                byOutput[(j * rows) + row] = gradient[j];
            }
        }

        _skipInputByColumn.Multiply(count, byOutput, _skipGradient.RowRange(first, count));
    }

    private double SkipSquares()
    {
        double squares = 0;
        for (int row = 0; row < _skipGradient.Rows; row++)
        {
            squares += Reductions.Dot(_skipGradient.Row(row), _skipGradient.Row(row));
        }

        return squares;
    }

    private void UpdateSkip()
    {
        for (int row = 0; row < _skipGradient.Rows; row++)
        {
            Adam.Update(
                _weightStep, 1, _skipGradient.Row(row), First(_moments.SkipFirst, row), _moments.SkipSecond!.Row(row), Parameters.SkipWeights!.Row(row));
        }
    }
}
