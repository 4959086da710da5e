using System.Numerics;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>cos and sin of every position and frequency: computed in float64 and rounded once. Grows with the longest sequence asked for.</summary>
internal sealed class RopeTable(RopeSettings settings, int variantLength) : IDisposable
{
    private readonly RopeFrequencies _frequencies = RopeFrequencies.Compute(settings, variantLength);
    private Matrix _cosSin = new(0, settings.Dimensions);

    /// <summary>Makes the table cover positions 0 … length − 1.</summary>
    public void Cover(int length)
    {
        if (_cosSin.Rows >= length)
        {
            return;
        }

        Matrix larger = new(Math.Max(length, 2 * _cosSin.Rows), settings.Dimensions);
        int half = settings.Dimensions / 2;
        for (int position = 0; position < larger.Rows; position++)
        {
            Span<float> row = larger.Row(position);
            for (int m = 0; m < half; m++)
            {
                double angle = position * _frequencies.Values[m];
                row[m] = (float)(Math.Cos(angle) * _frequencies.Magnitude);
                row[half + m] = (float)(Math.Sin(angle) * _frequencies.Magnitude);
            }
        }

        _cosSin.Dispose();
        _cosSin = larger;
    }

    /// <summary>Turns the first dimensions of one head: halves, not neighbours.</summary>
    /// <param name="head">The query or key of one head; in place.</param>
    /// <param name="position">Position of the token.</param>
    public void Turn(Span<float> head, int position) => Turn(head, position, inverse: false);

    /// <summary>Turns back: the transpose of <see cref="Turn(Span{float}, int)"/>, for gradients.</summary>
    /// <param name="head">Gradient of one head; in place.</param>
    /// <param name="position">Position of the token.</param>
    public void TurnBack(Span<float> head, int position) => Turn(head, position, inverse: true);

    /// <inheritdoc/>
    public void Dispose() => _cosSin.Dispose();

    private void Turn(Span<float> head, int position, bool inverse)
    {
        int half = settings.Dimensions / 2;
        ReadOnlySpan<float> cos = _cosSin.Row(position)[..half];
        ReadOnlySpan<float> sin = _cosSin.Row(position)[half..];
        Span<float> left = head[..half];
        Span<float> right = head.Slice(half, half);
        float sign = inverse ? -1 : 1;
        int m = 0;
        for (; m <= half - Vector<float>.Count; m += Vector<float>.Count)
        {
            Vector<float> c = new(cos[m..]);
            Vector<float> s = new Vector<float>(sin[m..]) * new Vector<float>(sign);
            Vector<float> x1 = new(left[m..]);
            Vector<float> x2 = new(right[m..]);
            Vector.FusedMultiplyAdd(x1, c, -(x2 * s)).CopyTo(left[m..]);
            Vector.FusedMultiplyAdd(x2, c, x1 * s).CopyTo(right[m..]);
        }

        // The remainder: the same operations one by one, so that no width has other bits.
        for (; m < half; m++)
        {
            float s = sin[m] * sign;
            (float x1, float x2) = (left[m], right[m]);
            left[m] = float.FusedMultiplyAdd(x1, cos[m], -(x2 * s));
            right[m] = float.FusedMultiplyAdd(x2, cos[m], x1 * s);
        }
    }
}
