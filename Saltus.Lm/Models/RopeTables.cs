namespace Saltus.Lm.Models;

/// <summary>The tables of a model, made when first needed and kept.</summary>
internal sealed class RopeTables : IDisposable
{
    // Dynamic rope has a table for every length beyond the trained one: too many are dropped between runs.
    private const int MostKept = 32;

    private readonly Dictionary<(RopeSettings Settings, int Variant), RopeTable> _tables = [];

    /// <summary>The table for a sequence of this length, covering it.</summary>
    public RopeTable Get(RopeSettings settings, int length)
    {
        int variant = RopeFrequencies.Variant(settings, length);
        if (!_tables.TryGetValue((settings, variant), out RopeTable? table))
        {
            table = new RopeTable(settings, length);
            _tables.Add((settings, variant), table);
        }

        table.Cover(length);
        return table;
    }

    /// <summary>Drops everything if too much has gathered. Call only while no table is in use.</summary>
    public void Trim()
    {
        if (_tables.Count > MostKept)
        {
            Dispose();
            _tables.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RopeTable table in _tables.Values)
        {
            table.Dispose();
        }
    }
}
