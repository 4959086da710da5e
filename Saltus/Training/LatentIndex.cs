using Saltus.Autoencoders;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>The candidates of a batch seen by latent: a stable distribution of the compressed rows, built once a step.</summary>
internal sealed class LatentIndex
{
    /// <summary>Fewest entries that repay a part of their own.</summary>
    private const int LeastEntries = 8192;
    private const int MostParts = 16;

    private readonly Action<int> _countPart;
    private readonly Action<int> _fillPart;
    private readonly int[] _start;
    private readonly List<int[]> _next = [];
    private readonly int _latents;
    private SparseActivations? _entries;
    private int _parts;
    private int[] _rows = [];
    private int[] _positions = [];

    /// <summary>Creates an empty view.</summary>
    /// <param name="latents">M.</param>
    public LatentIndex(int latents)
    {
        _latents = latents;
        _start = new int[latents + 1];
        (_countPart, _fillPart) = (CountPart, FillPart);
    }

    /// <summary>Gets the largest number of entries that a latent has.</summary>
    public int Most { get; private set; }

    /// <summary>Gets where a latent's entries start among all.</summary>
    /// <param name="latent">The latent.</param>
    /// <returns>0 … the number of entries.</returns>
    public int StartOf(int latent) => _start[latent];

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

    /// <summary>Builds the view: rows are cut into parts, each part counts its entries by latent and then fills in its own.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="entries">The compressed rows.</param>
    public void Build(WorkTeam team, SparseActivations entries)
    {
        if (_rows.Length < entries.Count)
        {
            _rows = new int[entries.Count + (entries.Count / 4)];
            _positions = new int[_rows.Length];
        }

        _entries = entries;
        _parts = Math.Clamp(entries.Count / LeastEntries, 1, Math.Min(team.Threads, MostParts));
        while (_next.Count < _parts)
        {
            _next.Add(new int[_latents]);
        }

        team.Run(_parts, _countPart);
        int sum = 0;
        Most = 0;
        for (int latent = 0; latent < _latents; latent++)
        {
            _start[latent] = sum;
            for (int part = 0; part < _parts; part++)
            {
                int count = _next[part][latent];
                _next[part][latent] = sum;
                sum += count;
            }

            Most = Math.Max(Most, sum - _start[latent]);
        }

        _start[_latents] = sum;
        team.Run(_parts, _fillPart);
        _entries = null;
    }

    private int FirstRow(int part) => (int)((long)_entries!.Rows * part / _parts);

    private void CountPart(int part)
    {
        int[] counts = _next[part];
        Array.Clear(counts);
        ReadOnlySpan<int> starts = _entries!.RowStart;
        foreach (int latent in _entries.Latent[starts[FirstRow(part)]..starts[FirstRow(part + 1)]])
        {
            counts[latent]++;
        }
    }

    private void FillPart(int part)
    {
        int[] next = _next[part];
        ReadOnlySpan<int> starts = _entries!.RowStart;
        ReadOnlySpan<int> all = _entries.Latent;
        for (int row = FirstRow(part); row < FirstRow(part + 1); row++)
        {
            for (int at = starts[row]; at < starts[row + 1]; at++)
            {
                int to = next[all[at]]++;
                _rows[to] = row;
                _positions[to] = at;
            }
        }
    }
}
