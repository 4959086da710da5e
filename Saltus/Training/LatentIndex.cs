using Saltus.Autoencoders;

namespace Saltus.Training;

/// <summary>The candidates of a batch seen by latent: a stable distribution of the compressed rows, built once a step.</summary>
/// <param name="latents">M.</param>
internal sealed class LatentIndex(int latents)
{
    private readonly int[] _start = new int[latents + 1];
    private int[] _rows = [];
    private int[] _positions = [];

    /// <summary>Gets the number of entries of a latent.</summary>
    /// <param name="latent">The latent.</param>
    /// <returns>0 … B.</returns>
    public int CountOf(int latent) => _start[latent + 1] - _start[latent];

    /// <summary>Gets the rows of a latent's entries, ascending.</summary>
    /// <param name="latent">The latent.</param>
    /// <returns>A view.</returns>
    public ReadOnlySpan<int> RowsOf(int latent) => _rows.AsSpan(_start[latent], CountOf(latent));

    /// <summary>Gets where a latent's entries lie in the compressed rows.</summary>
    /// <param name="latent">The latent.</param>
    /// <returns>A view.</returns>
    public ReadOnlySpan<int> PositionsOf(int latent) => _positions.AsSpan(_start[latent], CountOf(latent));

    /// <summary>Builds the view.</summary>
    /// <param name="entries">The compressed rows.</param>
    public void Build(SparseActivations entries)
    {
        if (_rows.Length < entries.Count)
        {
            _rows = new int[entries.Count + (entries.Count / 4)];
            _positions = new int[_rows.Length];
        }

        ReadOnlySpan<int> all = entries.Latent;
        Array.Clear(_start);
        foreach (int latent in all)
        {
            _start[latent + 1]++;
        }

        for (int latent = 0; latent < latents; latent++)
        {
            _start[latent + 1] += _start[latent];
        }

        // Filling moves each start to the next latent's; moving them back afterwards saves a second array.
        for (int row = 0; row < entries.Rows; row++)
        {
            for (int at = entries.RowStart[row]; at < entries.RowStart[row + 1]; at++)
            {
                int to = _start[all[at]]++;
                _rows[to] = row;
                _positions[to] = at;
            }
        }

        for (int latent = latents; latent > 0; latent--)
        {
            _start[latent] = _start[latent - 1];
        }

        _start[0] = 0;
    }
}
