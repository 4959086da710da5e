namespace Saltus.Formats;

/// <summary>A tensor as torch keeps it: elements of a storage at an offset, by shape and strides, each element once.</summary>
internal sealed class TorchView
{
    private TorchView(TorchStorage storage, TensorDtype dtype, long offset, long[] shape, long[] strides, long count)
    {
        Storage = storage;
        Dtype = dtype;
        Offset = offset;
        Shape = shape;
        Strides = strides;
        Count = count;
    }

    public TorchStorage Storage { get; }

    public TensorDtype Dtype { get; }

    /// <summary>Index of the first element in the storage.</summary>
    public long Offset { get; }

    public long[] Shape { get; }

    /// <summary>Elements from one to the next along each dimension.</summary>
    public long[] Strides { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Whether row-major order is the order of the storage.</summary>
    public bool IsContiguous
    {
        get
        {
            long next = 1;
            for (int i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != next)
                {
                    return Count == 0;
                }

                next *= Shape[i];
            }

            return true;
        }
    }

    /// <summary>Whether it is a matrix whose transpose lies row by row in the storage.</summary>
    public bool IsTransposed => Shape.Length == 2 && Strides[0] == 1 && Strides[1] == Shape[0];

    /// <summary>Checks a view against its storage.</summary>
    /// <exception cref="ArgumentException">It leaves the storage, or two of its elements share memory; says which, in words for a person.</exception>
    public static TorchView Create(TorchStorage storage, TensorDtype dtype, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > TorchLimits.MaxRank)
        {
            throw new ArgumentException($"expected as many strides as dimensions, at most {TorchLimits.MaxRank}, found {strides.Length} and {shape.Length}");
        }

        if (offset < 0 || shape.AsSpan().ContainsAnyInRange(long.MinValue, -1) || strides.AsSpan().ContainsAnyInRange(long.MinValue, -1))
        {
            throw new ArgumentException($"expected no negative number, found offset {offset}, {Describe(shape, strides)}");
        }

        long available = storage.ByteLength / dtype.ByteSize();
        bool isEmpty = shape.Contains(0);
        Int128 count = 1;
        Int128 last = offset;
        for (int i = 0; i < shape.Length; i++)
        {
            // What is beyond 64 bits is beyond any storage.
            count = Int128.Min(count * Math.Max(1, shape[i]), long.MaxValue);
            last = Int128.Min(last + ((Int128)Math.Max(0, shape[i] - 1) * strides[i]), long.MaxValue);
        }

        // No tensor has more elements than its storage: each is there once. Without elements nothing is read, wherever it lies.
        if (isEmpty ? count == long.MaxValue || offset > available : last >= available || count > available)
        {
            throw new ArgumentException($"expected a tensor inside storage {storage.Key} of {available} elements, found offset {offset}, {Describe(shape, strides)}");
        }

        if (!isEmpty)
        {
            CheckDistinct(shape, strides);
        }

        return new TorchView(storage, dtype, offset, shape, strides, isEmpty ? 0 : (long)count);
    }

    /// <summary>Strides in rising order must each step over everything that the smaller ones reach.</summary>
    private static void CheckDistinct(long[] shape, long[] strides)
    {
        long reach = 0;
        foreach (int i in Enumerable.Range(0, shape.Length).Where(i => shape[i] > 1).OrderBy(i => strides[i]))
        {
            if (strides[i] <= reach)
            {
                throw new ArgumentException($"expected each element once, found an expanded or overlapping view, {Describe(shape, strides)}; save its clone");
            }

            reach += (shape[i] - 1) * strides[i];
        }
    }

    private static string Describe(long[] shape, long[] strides) => $"shape {TensorInfo.DescribeShape(shape)}, strides {TensorInfo.DescribeShape(strides)}";
}
