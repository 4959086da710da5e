using System.Runtime.CompilerServices;

namespace Saltus.Tensors;

/// <summary>A dense float32 matrix, row-major, 64-byte aligned, zero at the start. Owns its memory.</summary>
public sealed class Matrix : IDisposable
{
    private readonly AlignedBuffer<float> _buffer;
    private readonly bool _isView;
    private Matrix? _view;
    private Matrix? _leading;

    /// <summary>Creates a zero matrix.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="columns">Number of columns, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative.</exception>
    public Matrix(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Rows = rows;
        Columns = columns;
        _buffer = new AlignedBuffer<float>((long)rows * columns);
    }

    private Matrix(AlignedBuffer<float> buffer, int rows, int columns)
    {
        _buffer = buffer;
        _isView = true;
        Rows = rows;
        Columns = columns;
    }

    private Matrix(AlignedBuffer<float> mapping, int rows, int columns, bool isMapped)
        : this(mapping, rows, columns)
    {
        _isView = false;
        IsMapped = isMapped;
    }

    /// <summary>Gets whether the values lie in a mapped file: writing to them ends the process.</summary>
    internal bool IsMapped { get; }

    /// <summary>Gets the number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Gets the number of columns.</summary>
    public int Columns { get; }

    /// <summary>Gets all elements, row after row; only below 2^31 elements (larger matrices: <see cref="RowRange"/>).</summary>
    public Span<float> Span => _buffer.Slice(0, checked(Rows * Columns));

    /// <summary>Creates a matrix with a copy of <paramref name="values"/>.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="values">rows × columns values, row-major.</param>
    /// <returns>The matrix.</returns>
    /// <exception cref="ArgumentException">The number of values differs from rows × columns.</exception>
    public static Matrix FromRows(int rows, int columns, ReadOnlySpan<float> values)
    {
        if (values.Length != (long)rows * columns)
        {
            throw new ArgumentException($"expected {rows} × {columns} values, got {values.Length}", nameof(values));
        }

        Matrix matrix = new(rows, columns);
        values.CopyTo(matrix.Span);
        return matrix;
    }

    /// <summary>Takes over values of a mapped file, row-major.</summary>
    /// <param name="mapping">rows × columns values, not to be written to.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <returns>The matrix.</returns>
    internal static Matrix OfMapping(AlignedBuffer<float> mapping, int rows, int columns) => new(mapping, rows, columns, isMapped: true);

    /// <summary>Gets one row.</summary>
    /// <param name="row">Index of the row.</param>
    /// <returns>A view of <see cref="Columns"/> values; valid until the matrix is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<float> Row(int row) => _buffer.Slice((long)row * Columns, Columns);

    /// <summary>Gets consecutive rows.</summary>
    /// <param name="first">Index of the first row.</param>
    /// <param name="count">Number of rows.</param>
    /// <returns>A view of count × <see cref="Columns"/> values.</returns>
    public Span<float> RowRange(int first, int count) => _buffer.Slice((long)first * Columns, checked(count * Columns));

    /// <summary>Gets the first rows as a matrix of their own that shares this one's memory, so that one buffer serves batches of any size.</summary>
    /// <param name="count">Number of rows, at most <see cref="Rows"/>.</param>
    /// <returns>A view; valid until this matrix is disposed. Disposing the view frees nothing.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many rows.</exception>
    public Matrix FirstRows(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows);

        // Who asks again and again asks for the same number: one view serves, and a step allocates nothing.
        Matrix? view = _view;
        return view?.Rows == count ? view : _view = new Matrix(_buffer, count, Columns);
    }

    /// <summary>
    /// Like <see cref="FirstRows"/>, but always the same object, which has another number of rows after the next call: a step whose batches
    /// vary allocates nothing.
    /// </summary>
    /// <param name="count">Number of rows, at most <see cref="Rows"/>.</param>
    /// <returns>A view; valid until the next call, and until this matrix is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many rows.</exception>
    internal Matrix LeadingRows(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Rows);
        Matrix view = _leading ??= new Matrix(_buffer, count, Columns);
        view.Rows = count;
        return view;
    }

    /// <summary>Gets a new matrix with the same values.</summary>
    /// <returns>A copy that shares nothing with this one.</returns>
    public Matrix Clone()
    {
        Matrix copy = new(Rows, Columns);
        for (int row = 0; row < Rows; row++)
        {
            Row(row).CopyTo(copy.Row(row));
        }

        return copy;
    }

    /// <summary>Gets a new matrix whose rows are this one's columns.</summary>
    /// <returns>A matrix of <see cref="Columns"/> × <see cref="Rows"/>.</returns>
    public Matrix Transpose()
    {
        Matrix result = new(Columns, Rows);
        for (int row = 0; row < Rows; row++)
        {
            Span<float> source = Row(row);
            for (int column = 0; column < Columns; column++)
            {
                result.Row(column)[row] = source[column];
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isView)
        {
            _buffer.Dispose();
        }
    }
}
