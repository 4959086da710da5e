using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// Compares the best logits of every token, best first. Values are compared by their rank; an id only where the reference's neighbours
/// are further away than two programs may differ, since ranks of nearly equal values are a matter of rounding.
/// </summary>
internal sealed class TopLogits
{
    private readonly string _valuesName;
    private readonly string _idsName;
    private readonly int _count;
    private readonly float[] _values;
    private readonly long[]? _ids;
    private readonly ErrorMeter _meter;
    private int _compared;
    private int _different;

    public TopLogits(ITensorSource reference, string prefix, int tokens)
    {
        _valuesName = prefix + "top10.values";
        _idsName = prefix + "top10.ids";
        _count = (int)reference.Require(_valuesName).ColumnCount;
        _values = reference.ReadFloat32(reference.Require(_valuesName, tokens, _count));
        _ids = reference.Find(_idsName) is null ? null : reference.ReadInt64(_idsName);
        _meter = new ErrorMeter(_valuesName, isByRow: true);
    }

    /// <summary>Takes a block of logits.</summary>
    public void Add(int firstRow, Matrix logits)
    {
        int[] order = new int[logits.Columns];
        float[] best = new float[_count];
        for (int i = 0; i < logits.Rows; i++)
        {
            float[] row = logits.Row(i).ToArray();
            for (int id = 0; id < order.Length; id++)
            {
                order[id] = id;
            }

            Array.Sort(order, (a, b) => row[b] != row[a] ? row[b].CompareTo(row[a]) : a.CompareTo(b));
            for (int rank = 0; rank < _count; rank++)
            {
                best[rank] = row[order[rank]];
            }

            int start = (firstRow + i) * _count;
            _meter.Add(best, _values.AsSpan(start, _count));
            CompareIds(start, order);
        }
    }

    /// <summary>What came out.</summary>
    public IEnumerable<TensorComparison> Finish()
    {
        yield return _meter.Finish();
        if (_ids is not null)
        {
            ComparisonStatus status = _different == 0 ? ComparisonStatus.Within : ComparisonStatus.Beyond;
            yield return new TensorComparison(_idsName, status, _different, _compared, 0, $"{_different} of {_compared} ids differ; ids of nearly equal logits are left out");
        }
    }

    private void CompareIds(int start, int[] order)
    {
        if (_ids is null)
        {
            return;
        }

        double gap = 2 * ErrorMeter.Tolerance * _values.AsSpan(start, _count).ToArray().Max(Math.Abs);

        // What follows the last is not in the file: its rank is left out.
        for (int rank = 0; rank < _count - 1; rank++)
        {
            bool isApart = _values[start + rank] - _values[start + rank + 1] > gap && (rank == 0 || _values[start + rank - 1] - _values[start + rank] > gap);
            if (isApart)
            {
                _compared++;
                _different += order[rank] == _ids[start + rank] ? 0 : 1;
            }
        }
    }
}
