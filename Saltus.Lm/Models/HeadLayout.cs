namespace Saltus.Lm.Models;

/// <summary>Where the query, key and value of each head begin in a row of the fused product.</summary>
internal readonly struct HeadLayout
{
    private readonly int _stride;
    private readonly int _keyStart;
    private readonly int _valueStart;

    public HeadLayout(ModelConfiguration configuration)
    {
        int width = configuration.HeadWidth;
        bool byHead = configuration.QueryKeyValue == QueryKeyValueLayout.FusedByHead;
        _stride = byHead ? 3 * width : width;
        _keyStart = byHead ? width : configuration.Heads * width;
        _valueStart = byHead ? 2 * width : (configuration.Heads + configuration.KeyValueHeads) * width;
    }

    /// <summary>Where the query of a head begins.</summary>
    public int Query(int head) => head * _stride;

    /// <summary>Where the key of a key-value head begins.</summary>
    public int Key(int head) => _keyStart + (head * _stride);

    /// <summary>Where the value of a key-value head begins.</summary>
    public int Value(int head) => _valueStart + (head * _stride);
}
