using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>Windows that a language model reads together, and which rows of their activations count.</summary>
internal sealed class WindowBatch
{
    public WindowBatch(IReadOnlyList<TokenWindow> windows)
    {
        Windows = windows;
        Tokens = new TokenBatch([.. windows.Select(window => window.Ids)]);
        List<int> counted = [];
        List<int> predicting = [];
        FirstCounted = new int[windows.Count];
        for (int i = 0; i < windows.Count; i++)
        {
            FirstCounted[i] = counted.Count;
            int start = Tokens.Start(i);
            for (int position = 0; position < windows[i].Length; position++)
            {
                if (windows[i].Counted[position])
                {
                    counted.Add(start + position);
                }

                if (position + 1 < windows[i].Length)
                {
                    predicting.Add(start + position);
                }
            }
        }

        CountedRows = [.. counted];
        PredictingRows = [.. predicting];
    }

    public IReadOnlyList<TokenWindow> Windows { get; }

    public TokenBatch Tokens { get; }

    /// <summary>Rows of the activation that are reconstructed, replaced and counted.</summary>
    public int[] CountedRows { get; }

    /// <summary>Where each window's rows begin in <see cref="CountedRows"/>.</summary>
    public int[] FirstCounted { get; }

    /// <summary>Rows that predict a token: all but the last of each window.</summary>
    public int[] PredictingRows { get; }

    /// <summary>Cuts windows into batches of at most so many tokens, in their order; a longer window is a batch of its own.</summary>
    public static IEnumerable<WindowBatch> Split(IEnumerable<TokenWindow> windows, int tokens)
    {
        List<TokenWindow> pending = [];
        int count = 0;
        foreach (TokenWindow window in windows)
        {
            if (count > 0 && count + window.Length > tokens)
            {
                yield return new WindowBatch([.. pending]);
                pending.Clear();
                count = 0;
            }

            pending.Add(window);
            count += window.Length;
        }

        if (count > 0)
        {
            yield return new WindowBatch([.. pending]);
        }
    }

    /// <summary>Copies chosen rows.</summary>
    public static Matrix Gather(Matrix source, ReadOnlySpan<int> rows)
    {
        Matrix result = new(rows.Length, source.Columns);
        for (int i = 0; i < rows.Length; i++)
        {
            source.Row(rows[i]).CopyTo(result.Row(i));
        }

        return result;
    }

    /// <summary>Copies an activation with chosen rows replaced.</summary>
    /// <param name="activation">[tokens, d].</param>
    /// <param name="replacement">One row for each of <see cref="CountedRows"/>, or a single one for all.</param>
    public Matrix Replace(Matrix activation, Matrix replacement)
    {
        Matrix result = activation.Clone();
        for (int i = 0; i < CountedRows.Length; i++)
        {
            replacement.Row(replacement.Rows == 1 ? 0 : i).CopyTo(result.Row(CountedRows[i]));
        }

        return result;
    }
}
