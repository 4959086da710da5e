using Saltus.Formats;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>The rows of one matrix in a file, in blocks of about a million: what is permuted at a time.</summary>
internal sealed class TensorBlocks(ITensorSource file, TensorInfo matrix) : IVectorBlocks
{
    private const int RowsOfBlock = 1 << 20;
    private const int ValuesAtOnce = 1 << 18;
    private Matrix? _loaded;

    public int Width => (int)matrix.Shape[1];

    public int Blocks => checked((int)((matrix.Shape[0] + RowsOfBlock - 1) / RowsOfBlock));

    public int Rows(int block) => (int)Math.Min(RowsOfBlock, matrix.Shape[0] - ((long)block * RowsOfBlock));

    public void Read(int block, int first, int count, ActivationBatch batch, int at)
    {
        long row = ((long)block * RowsOfBlock) + first;
        if (_loaded is null)
        {
            file.ReadFloat32(matrix, row * Width, batch.Vectors.RowRange(at, count));
        }
        else
        {
            _loaded.RowRange((int)row, count).CopyTo(batch.Vectors.RowRange(at, count));
        }

        batch.ClearOrigin(at, count);
    }

    /// <summary>Reads everything once and refuses what is not finite.</summary>
    public void CheckFinite()
    {
        float[] values = new float[(int)Math.Min(ValuesAtOnce, matrix.ElementCount)];
        for (long first = 0; first < matrix.ElementCount; first += values.Length)
        {
            Span<float> part = values.AsSpan(0, (int)Math.Min(values.Length, matrix.ElementCount - first));
            file.ReadFloat32(matrix, first, part);
            int found = FiniteValues.FindFirstBeyond(part, float.MaxValue);
            if (found >= 0)
            {
                (long row, long column) = Math.DivRem(first + found, Width);
                throw new InputException($"tensor '{matrix.Name}' in '{file.Source}' row {row} column {column}: expected a finite float32, found {part[found]}");
            }
        }
    }

    /// <summary>Reads the whole matrix into memory, for files that are slow to read out of order.</summary>
    public void Load() => _loaded = file.ReadMatrix(matrix);

    public void Dispose()
    {
        _loaded?.Dispose();
        file.Dispose();
    }
}
