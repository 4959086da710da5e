using Saltus.Tensors;

namespace Saltus.Benchmarks;

/// <summary>What every kernel's class states beside its methods, all of which do the same work.</summary>
public abstract class KernelBenchmark
{
    /// <summary>Gets the floating-point operations of a call; 0 where bytes are what counts.</summary>
    public virtual double Flops => 0;

    /// <summary>Gets the bytes that a call reads and writes.</summary>
    public virtual double Bytes => 0;

    /// <summary>Makes values between −1 and 1, the same in every run.</summary>
    protected static float[] Values(int count)
    {
        RandomSource random = new(1, "benchmark");
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)((2 * random.NextDouble()) - 1);
        }

        return values;
    }

    /// <summary>Makes a matrix of such values.</summary>
    protected static Matrix Values(int rows, int columns)
    {
        Matrix matrix = new(rows, columns);
        Values(rows * columns).CopyTo(matrix.Span);
        return matrix;
    }
}
