using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>The rest of a forward pass from a kept point, for the rows whose predictions are compared.</summary>
internal static class SplicedLogits
{
    /// <summary>Runs the model from a point to its final norm.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="point">Where it was stopped.</param>
    /// <param name="activation">What replaces the activation there; null for nothing.</param>
    /// <param name="rows">Rows that are asked for.</param>
    /// <returns>[rows, d]; the caller disposes it.</returns>
    public static Matrix Finish(WorkTeam team, LanguageModel model, ResumePoint point, Matrix? activation, int[] rows)
    {
        Matrix? result = null;
        model.RunFrom(team, point, activation, new ModelRun { FinalNorm = (_, final) => result = WindowBatch.Gather(final, rows) });
        return result!;
    }

    /// <summary>Computes the logits of some of those rows.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="final">What <see cref="Finish"/> gave.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">Number of rows.</param>
    /// <returns>[count, vocabulary]; the caller disposes it.</returns>
    public static Matrix Logits(WorkTeam team, LanguageModel model, Matrix final, int first, int count)
    {
        using Matrix rows = Matrix.FromRows(count, final.Columns, final.RowRange(first, count));
        Matrix logits = new(count, model.Configuration.VocabularySize);
        model.ComputeLogits(team, rows, logits);
        return logits;
    }
}
