using Saltus.Lm.Activations;
using Saltus.Tensors;

namespace Saltus.Tests.Activations;

/// <summary>A model whose activations say where they come from: site 0 [id, position in the window, first id of its text], site 1 [1000 + id, window length].</summary>
internal sealed class PlainWindowModel : IWindowModel
{
    public IReadOnlyList<int> Widths { get; init; } = [3, 2];

    public int Runs { get; private set; }

    public int TokensRead { get; private set; }

    public int LargestGroup { get; private set; }

    /// <summary>After how many runs the model breaks off, as an interrupted harvest does.</summary>
    public int BreakAfter { get; init; } = int.MaxValue;

    public float Factor { get; init; } = 1;

    public void Run(IReadOnlyList<TokenWindow> windows, Action<int, Matrix> read)
    {
        if (Runs == BreakAfter)
        {
            throw new OperationCanceledException();
        }

        Runs++;
        int tokens = windows.Sum(w => w.Length);
        TokensRead += tokens;
        LargestGroup = Math.Max(LargestGroup, tokens);
        using Matrix first = new(tokens, 3);
        using Matrix second = new(tokens, 2);
        int row = 0;
        foreach (TokenWindow window in windows)
        {
            for (int i = 0; i < window.Length; i++)
            {
                (first.Row(row)[0], first.Row(row)[1], first.Row(row)[2]) = (window.Ids[i] * Factor, i, window.Ids[1]);
                (second.Row(row)[0], second.Row(row)[1]) = (1000 + window.Ids[i], window.Length);
                row++;
            }
        }

        read(0, first);
        if (Widths.Count > 1)
        {
            read(1, second);
        }
    }
}
