using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>What a method may see of the step under way.</summary>
internal sealed class StepContext
{
    private const int ItemsOfBlock = 256;

    private readonly Action<int> _countRows;
    private readonly Action<int> _countLatents;
    private LatentIndex? _index;
    private int[] _allRows = [];

    /// <summary>Creates what is known of no step.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="parameters">The trained parameters.</param>
    /// <param name="silence">Who fired when.</param>
    public StepContext(WorkTeam team, SaeParameters parameters, LatentSilence silence)
    {
        (Team, Parameters, Silence) = (team, parameters, silence);
        Candidates = new SparseActivations(parameters.Latents);
        LatentActive = new int[parameters.Latents];
        (_countRows, _countLatents) = (CountRows, CountLatents);
    }

    /// <summary>Gets the threads.</summary>
    public WorkTeam Team { get; }

    /// <summary>Gets the parameters.</summary>
    public SaeParameters Parameters { get; }

    /// <summary>Gets who fired when.</summary>
    public LatentSilence Silence { get; }

    /// <summary>Gets or sets the index of the step.</summary>
    public int Step { get; set; }

    /// <summary>Gets or sets the number of vectors, B.</summary>
    public int Rows { get; set; }

    /// <summary>Gets the entries above their floors; the value is π.</summary>
    public SparseActivations Candidates { get; }

    /// <summary>Gets the activation of each candidate, in the same order; 0 where it is not active.</summary>
    public float[] Activation { get; private set; } = [];

    /// <summary>Gets the second activation of each candidate, where the method has a second code.</summary>
    public float[] Second { get; private set; } = [];

    /// <summary>Gets ‖x‖ of each row in training units, before any bias is subtracted, [B].</summary>
    public float[] InputNorm { get; private set; } = [];

    /// <summary>Gets all rows, for a method that wants all of them again.</summary>
    public ReadOnlySpan<int> AllRows => _allRows.AsSpan(0, Rows);

    /// <summary>Gets the number of active latents of each row, [B].</summary>
    public int[] RowActive { get; private set; } = [];

    /// <summary>Gets the number of rows on which each latent is active, [M].</summary>
    public int[] LatentActive { get; }

    /// <summary>Gets or sets the coefficient of the sparsity penalty at this step; the method sets it.</summary>
    public double Lambda { get; set; }

    /// <summary>Gets or sets the mean number of active latents a row.</summary>
    public double L0 { get; set; }

    /// <summary>Makes room for what is known of each row.</summary>
    public void ReserveRows()
    {
        if (InputNorm.Length < Rows)
        {
            InputNorm = new float[Rows];
            RowActive = new int[Rows];
            _allRows = new int[Rows];
            for (int row = 0; row < Rows; row++)
            {
                _allRows[row] = row;
            }
        }
    }

    /// <summary>Makes room for the candidates' activations.</summary>
    /// <param name="withSecond">Whether for the second code's too.</param>
    public void Reserve(bool withSecond)
    {
        if (Activation.Length < Candidates.Count)
        {
            Activation = new float[Candidates.Count + (Candidates.Count / 4)];
        }

        if (withSecond && Second.Length < Activation.Length)
        {
            Second = new float[Activation.Length];
        }
    }

    /// <summary>Counts what is active, by row and by latent.</summary>
    /// <param name="index">The candidates by latent.</param>
    public void Count(LatentIndex index)
    {
        _index = index;
        Team.Run((Rows + ItemsOfBlock - 1) / ItemsOfBlock, _countRows);
        Team.Run((LatentActive.Length + ItemsOfBlock - 1) / ItemsOfBlock, _countLatents);
        _index = null;
        long all = 0;
        foreach (int active in RowActive.AsSpan(0, Rows))
        {
            all += active;
        }

        L0 = (double)all / Rows;
    }

    private void CountRows(int block)
    {
        ReadOnlySpan<int> starts = Candidates.RowStart;
        for (int row = block * ItemsOfBlock; row < Math.Min(Rows, (block + 1) * ItemsOfBlock); row++)
        {
            int active = 0;
            foreach (float value in Activation.AsSpan(starts[row], starts[row + 1] - starts[row]))
            {
                active += value != 0 ? 1 : 0;
            }

            RowActive[row] = active;
        }
    }

    private void CountLatents(int block)
    {
        for (int latent = block * ItemsOfBlock; latent < Math.Min(LatentActive.Length, (block + 1) * ItemsOfBlock); latent++)
        {
            int active = 0;
            foreach (int position in _index!.PositionsOf(latent))
            {
                active += Activation[position] != 0 ? 1 : 0;
            }

            LatentActive[latent] = active;
        }
    }
}
