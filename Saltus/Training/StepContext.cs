using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>What a method may see of the step under way.</summary>
/// <param name="team">Threads.</param>
/// <param name="parameters">The trained parameters.</param>
/// <param name="silence">Who fired when.</param>
internal sealed class StepContext(WorkTeam team, SaeParameters parameters, LatentSilence silence)
{
    private int[] _allRows = [];

    /// <summary>Gets the threads.</summary>
    public WorkTeam Team { get; } = team;

    /// <summary>Gets the parameters.</summary>
    public SaeParameters Parameters { get; } = parameters;

    /// <summary>Gets who fired when.</summary>
    public LatentSilence Silence { get; } = silence;

    /// <summary>Gets or sets the index of the step.</summary>
    public int Step { get; set; }

    /// <summary>Gets or sets the number of vectors, B.</summary>
    public int Rows { get; set; }

    /// <summary>Gets the entries above their floors; the value is π.</summary>
    public SparseActivations Candidates { get; } = new(parameters.Latents);

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
    public int[] LatentActive { get; } = new int[parameters.Latents];

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
    public void Count()
    {
        Array.Clear(LatentActive);
        ReadOnlySpan<int> latents = Candidates.Latent;
        ReadOnlySpan<int> starts = Candidates.RowStart;
        long all = 0;
        for (int row = 0; row < Rows; row++)
        {
            int active = 0;
            for (int at = starts[row]; at < starts[row + 1]; at++)
            {
                if (Activation[at] != 0)
                {
                    active++;
                    LatentActive[latents[at]]++;
                }
            }

            RowActive[row] = active;
            all += active;
        }

        L0 = (double)all / Rows;
    }
}
