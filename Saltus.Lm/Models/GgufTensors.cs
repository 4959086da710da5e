using Saltus.Formats;

namespace Saltus.Lm.Models;

/// <summary>
/// The tensors of a model in a GGUF file. Where the converter re-ordered the rows of queries and keys for turning neighbours, they are read in the
/// order for turning halves: of each head of n rows, row j is row 2j of the file for j &lt; n/2, and row 2(j − n/2) + 1 above.
/// </summary>
internal sealed class GgufTensors : ITensorSource
{
    private readonly GgufFile _file;
    private readonly int _headWidth;
    private readonly HashSet<TensorInfo> _permuted;

    /// <param name="file">The open file, which becomes this object's own.</param>
    /// <param name="headWidth">Rows of a head.</param>
    /// <param name="permuted">Whether queries and keys were re-ordered.</param>
    public GgufTensors(GgufFile file, int headWidth, bool permuted)
    {
        _file = file;
        _headWidth = headWidth;
        _permuted = permuted ? [.. file.Tensors.Where(IsQueryOrKey)] : [];
    }

    /// <inheritdoc/>
    public string Source => _file.Source;

    /// <inheritdoc/>
    public IReadOnlyList<TensorInfo> Tensors => _file.Tensors;

    /// <inheritdoc/>
    public TensorInfo? Find(string name) => _file.Find(name);

    /// <inheritdoc/>
    public void ReadFloat32(TensorInfo tensor, long first, Span<float> destination)
    {
        if (!_permuted.Contains(tensor))
        {
            _file.ReadFloat32(tensor, first, destination);
            return;
        }

        // A vector is a column: its rows are its elements.
        long columns = tensor.Shape.Count == 1 ? 1 : tensor.ColumnCount;
        while (destination.Length > 0)
        {
            (long row, long column) = Math.DivRem(first, columns);
            int count = (int)Math.Min(columns - column, destination.Length);
            _file.ReadFloat32(tensor, (RowInFile(row) * columns) + column, destination[..count]);
            first += count;
            destination = destination[count..];
        }
    }

    /// <inheritdoc/>
    public void ReadFloat64(TensorInfo tensor, long first, Span<double> destination)
    {
        if (!_permuted.Contains(tensor))
        {
            _file.ReadFloat64(tensor, first, destination);
            return;
        }

        float[] narrow = new float[destination.Length];
        ReadFloat32(tensor, first, narrow);
        Array.ConvertAll(narrow, value => (double)value).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void ReadInt64(TensorInfo tensor, long first, Span<long> destination) => _file.ReadInt64(tensor, first, destination);

    /// <inheritdoc/>
    public InputException Unusable(TensorError error, string message) => _file.Unusable(error, message);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static bool IsQueryOrKey(TensorInfo tensor) =>
        tensor.Name.StartsWith("blk.", StringComparison.Ordinal)
        && (tensor.Name.Contains(".attn_q.", StringComparison.Ordinal) || tensor.Name.Contains(".attn_k.", StringComparison.Ordinal));

    private long RowInFile(long row)
    {
        long within = row % _headWidth;
        int half = _headWidth / 2;
        return row - within + (within < half ? 2 * within : (2 * (within - half)) + 1);
    }
}
