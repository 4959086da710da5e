namespace Saltus.Autoencoders;

/// <summary>
/// The latents of a batch in compressed rows: which are active on each vector, in ascending order, and how strongly. 32 of 24,576 latents
/// are active on a typical token, so the dense array would take 384 times the memory.
/// </summary>
/// <param name="latents">Number of latents, M.</param>
public sealed class SparseActivations(int latents)
{
    private int[] _rowStart = [0];
    private int[] _latent = [];
    private float[] _value = [];
    private int[] _spareStart = [];
    private int[] _spareLatent = [];
    private float[] _spareValue = [];

    /// <summary>Gets the number of latents, M.</summary>
    public int Latents { get; internal set; } = latents;

    /// <summary>Gets the number of vectors, B.</summary>
    public int Rows { get; private set; }

    /// <summary>Gets the number of active latents over all vectors.</summary>
    public int Count => _rowStart[Rows];

    /// <summary>Gets the largest number of active latents of a vector.</summary>
    internal int Longest { get; private set; }

    /// <summary>Gets where each row starts in <see cref="Latent"/> and <see cref="Value"/>, [B + 1].</summary>
    public ReadOnlySpan<int> RowStart => _rowStart.AsSpan(0, Rows + 1);

    /// <summary>Gets the active latents, row after row, ascending within a row.</summary>
    public ReadOnlySpan<int> Latent => _latent.AsSpan(0, Count);

    /// <summary>Gets the active latents for filling.</summary>
    internal Span<int> MutableLatent => _latent.AsSpan(0, Count);

    /// <summary>Gets the activations beside <see cref="Latent"/>; may be changed in place.</summary>
    public Span<float> Value => _value.AsSpan(0, Count);

    /// <summary>Gets the mean number of active latents a vector; 0 without vectors.</summary>
    public double L0 => Rows == 0 ? 0 : (double)Count / Rows;

    /// <summary>Gets the active latents of one vector, ascending.</summary>
    /// <param name="row">Index of the vector.</param>
    /// <returns>A view.</returns>
    public ReadOnlySpan<int> LatentsOf(int row) => MutableLatentsOf(row);

    /// <summary>Gets the activations of one vector, beside <see cref="LatentsOf"/>; may be changed in place.</summary>
    /// <param name="row">Index of the vector.</param>
    /// <returns>A view.</returns>
    public Span<float> ValuesOf(int row) => _value.AsSpan(_rowStart[row], _rowStart[row + 1] - _rowStart[row]);

    /// <summary>Sets the number of entries of each row; the caller then fills <see cref="MutableLatentsOf"/> and <see cref="ValuesOf"/>.</summary>
    /// <param name="counts">Entries of each row, [B].</param>
    /// <exception cref="OverflowException">There are more than 2^31 − 1 entries in all.</exception>
    internal void Shape(ReadOnlySpan<int> counts)
    {
        Rows = counts.Length;
        if (_rowStart.Length < Rows + 1)
        {
            _rowStart = new int[Rows + 1];
        }

        _rowStart[0] = 0;
        Longest = 0;
        for (int row = 0; row < Rows; row++)
        {
            _rowStart[row + 1] = checked(_rowStart[row] + counts[row]);
            Longest = Math.Max(Longest, counts[row]);
        }

        if (_latent.Length < Count)
        {
            int capacity = (int)Math.Min(Array.MaxLength, Count + (Count / 4L));
            _latent = new int[capacity];
            _value = new float[capacity];
        }
    }

    /// <summary>Gets the latent indices of one row for filling; they must end up ascending.</summary>
    /// <param name="row">Index of the vector.</param>
    /// <returns>A view.</returns>
    internal Span<int> MutableLatentsOf(int row) => _latent.AsSpan(_rowStart[row], _rowStart[row + 1] - _rowStart[row]);

    /// <summary>Forgets all entries and frees their memory.</summary>
    internal void Release()
    {
        Shape([]);
        (_latent, _value) = ([], []);
    }

    /// <summary>Puts other entries in the place of some rows'.</summary>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="replacement">Row i holds the new entries of rows[i].</param>
    internal void Replace(ReadOnlySpan<int> rows, SparseActivations replacement)
    {
        if (_spareStart.Length < Rows + 1)
        {
            _spareStart = new int[Rows + 1];
        }

        int next = 0;
        Longest = 0;
        _spareStart[0] = 0;
        for (int row = 0; row < Rows; row++)
        {
            bool isReplaced = next < rows.Length && rows[next] == row;
            int count = isReplaced ? replacement._rowStart[next + 1] - replacement._rowStart[next] : _rowStart[row + 1] - _rowStart[row];
            _spareStart[row + 1] = checked(_spareStart[row] + count);
            Longest = Math.Max(Longest, count);
            next += isReplaced ? 1 : 0;
        }

        int all = _spareStart[Rows];
        if (_spareLatent.Length < all)
        {
            int capacity = (int)Math.Min(Array.MaxLength, all + (all / 4L));
            _spareLatent = new int[capacity];
            _spareValue = new float[capacity];
        }

        next = 0;
        for (int row = 0; row < Rows; row++)
        {
            bool isReplaced = next < rows.Length && rows[next] == row;
            SparseActivations source = isReplaced ? replacement : this;
            int sourceRow = isReplaced ? next++ : row;
            source.LatentsOf(sourceRow).CopyTo(_spareLatent.AsSpan(_spareStart[row]));
            source.ValuesOf(sourceRow).CopyTo(_spareValue.AsSpan(_spareStart[row]));
        }

        (_rowStart, _spareStart) = (_spareStart, _rowStart);
        (_latent, _spareLatent) = (_spareLatent, _latent);
        (_value, _spareValue) = (_spareValue, _value);
    }
}
