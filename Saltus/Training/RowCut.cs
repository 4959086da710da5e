using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>
/// Keeps the k largest pre-activations of each row (arXiv 2406.04093); of equal ones those of lower index. The product keeps what is above a
/// guess from the last step's cuts; rows with fewer candidates than k are encoded again, at last above the exact floor.
/// </summary>
internal sealed class RowCut
{
    /// <summary>Share of the rows whose cut may lie below the guess: encoding these again costs less than more candidates for all.</summary>
    private const double ShortShare = 0.02;

    /// <summary>How far below that cut the next guess lies: from step to step cuts move a little.</summary>
    private const float GuessShare = 0.95f;

    /// <summary>A floor of guess / factor and a rank of π · factor round differently: a cut so near to the floor is not trusted.</summary>
    private const float Rounding = 1e-5f;

    private readonly Action<int> _chooseRow;
    private readonly List<int> _short = [];
    private float[] _cuts = [];
    private float[] _sorted = [];
    private SparseActivations _candidates = new(0);
    private float[] _activation = [];
    private ReadOnlyMemory<float> _factors;
    private bool _rectifies;
    private int _k;
    private float _floor;

    /// <summary>Creates a selection without a guess.</summary>
    public RowCut() => _chooseRow = ChooseRow;

    /// <summary>Gets or sets the guess; NaN before the first.</summary>
    public float Guess { get; set; } = float.NaN;

    /// <summary>Sets the floors to the guess.</summary>
    /// <param name="floors">[M]; overwritten.</param>
    /// <param name="factors">By which pre-activations are ranked, [M]; empty for 1.</param>
    /// <param name="rectifies">Whether negative pre-activations count as 0.</param>
    public void Floors(Span<float> floors, ReadOnlyMemory<float> factors, bool rectifies)
    {
        _floor = float.IsNaN(Guess) ? Lowest(rectifies) : Guess;
        Fill(floors, factors.Span);
    }

    /// <summary>Guesses from the candidates of some rows.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="candidates">All entries above the lowest floor.</param>
    /// <param name="k">How many are kept.</param>
    /// <param name="factors">[M]; empty for 1.</param>
    /// <param name="rectifies">Whether negative pre-activations count as 0.</param>
    public void Sample(WorkTeam team, SparseActivations candidates, int k, ReadOnlyMemory<float> factors, bool rectifies)
    {
        Run(team, candidates, [], k, factors, rectifies);
        Remember(candidates.Rows, rectifies);
    }

    /// <summary>Chooses among the candidates.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="candidates">Entries above the floors.</param>
    /// <param name="activation">[entries]; π where kept, else 0.</param>
    /// <param name="k">How many are kept.</param>
    /// <param name="factors">[M]; empty for 1.</param>
    /// <param name="rectifies">Whether negative pre-activations count as 0.</param>
    /// <param name="floors">Lowered where rows fall short.</param>
    /// <returns>The rows to encode again; empty when all is chosen.</returns>
    public ReadOnlySpan<int> Select(
        WorkTeam team, SparseActivations candidates, float[] activation, int k, ReadOnlyMemory<float> factors, bool rectifies, Span<float> floors)
    {
        Run(team, candidates, activation, k, factors, rectifies);
        float lowest = Lowest(rectifies);
        _short.Clear();
        for (int row = 0; row < candidates.Rows && _floor > lowest; row++)
        {
            if (!(_cuts[row] > _floor + (Rounding * Math.Abs(_floor))))
            {
                _short.Add(row);
            }
        }

        if (_short.Count > 0)
        {
            // First half of the guess, then everything: all positive entries of many rows would be many.
            _floor = _floor == Guess && Guess > 0 ? Guess / 2 : lowest;
            Fill(floors, factors.Span);
            return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_short);
        }

        Remember(candidates.Rows, rectifies);
        return [];
    }

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    /// <param name="name">What it is called there.</param>
    public void AddState(TrainingState state, string name) => state.AddNumber(name, () => Guess, guess => Guess = (float)guess);

    private static float Lowest(bool rectifies) => rectifies ? 0 : float.NegativeInfinity;

    private void Fill(Span<float> floors, ReadOnlySpan<float> factors)
    {
        if (factors.IsEmpty || !float.IsFinite(_floor))
        {
            floors.Fill(_floor);
            return;
        }

        for (int latent = 0; latent < floors.Length; latent++)
        {
            floors[latent] = _floor / factors[latent];
        }
    }

    private void Run(WorkTeam team, SparseActivations candidates, float[] activation, int k, ReadOnlyMemory<float> factors, bool rectifies)
    {
        if (_cuts.Length < candidates.Rows)
        {
            _cuts = new float[candidates.Rows];
        }

        (_candidates, _activation, _k, _factors, _rectifies) = (candidates, activation, k, factors, rectifies);
        team.Run(candidates.Rows, _chooseRow);
    }

    private void ChooseRow(int row)
    {
        ReadOnlySpan<int> latents = _candidates.LatentsOf(row);
        ReadOnlySpan<float> pre = _candidates.ValuesOf(row);
        ReadOnlySpan<float> factors = _factors.Span;
        Span<float> space = Workspace.Take(2 * _candidates.Longest, slot: 1);
        Span<float> ranks = space[..pre.Length];
        for (int at = 0; at < pre.Length; at++)
        {
            ranks[at] = factors.IsEmpty ? pre[at] : pre[at] * factors[latents[at]];
        }

        float cut = Lowest(_rectifies);
        int atCut = int.MaxValue;
        if (pre.Length >= _k)
        {
            Span<float> order = space.Slice(pre.Length, pre.Length);
            ranks.CopyTo(order);
            cut = OrderStatistics.Largest(order, _k);
            int above = 0;
            foreach (float rank in ranks)
            {
                above += rank > cut ? 1 : 0;
            }

            atCut = _k - above;
        }

        _cuts[row] = cut;
        if (_activation.Length == 0)
        {
            return;
        }

        Span<float> activation = _activation.AsSpan(_candidates.RowStart[row], pre.Length);
        for (int at = 0; at < pre.Length; at++)
        {
            bool isKept = ranks[at] > cut || (ranks[at] == cut && atCut-- > 0);
            activation[at] = isKept && (!_rectifies || pre[at] > 0) ? pre[at] : 0;
        }
    }

    /// <summary>The next guess: a low quantile of this step's cuts, a little lower still.</summary>
    private void Remember(int rows, bool rectifies)
    {
        if (_sorted.Length < rows)
        {
            _sorted = new float[rows];
        }

        Span<float> cuts = _sorted.AsSpan(0, rows);
        _cuts.AsSpan(0, rows).CopyTo(cuts);
        float low = OrderStatistics.Largest(cuts, rows - (int)(ShortShare * (rows - 1)));
        Guess = low > 0 ? low * GuessShare : low / GuessShare;
        if (!float.IsFinite(Guess))
        {
            Guess = Lowest(rectifies);
        }
    }
}
