using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>The logits at each position of a run, to look losses up in.</summary>
internal sealed class SharedLogits : IDisposable
{
    private readonly Matrix _logits;
    private readonly double[] _normalisers;

    public SharedLogits(WorkTeam team, LanguageModel model, Matrix final)
    {
        _logits = new Matrix(final.Rows, model.Configuration.VocabularySize);
        _normalisers = new double[final.Rows];
        model.ComputeLogits(team, final, _logits);
        team.Run(final.Rows, row => _normalisers[row] = TokenLosses.LogSumExp(_logits.Row(row)));
    }

    public int Length => _logits.Rows;

    /// <summary>The loss of every predicted token of a window that is no longer than the run.</summary>
    public double[] Losses(TokenWindow window)
    {
        double[] result = new double[window.Length - 1];
        for (int position = 0; position < result.Length; position++)
        {
            result[position] = _normalisers[position] - _logits.Row(position)[window.Ids[position + 1]];
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _logits.Dispose();
}
