using System.Numerics;

namespace Saltus.Kernels;

/// <summary>
/// exp, log, tanh, erf and the logistic function in float32: y[i] = f(x[i]), at most 2 units in the last place from the exact value (3 for the
/// logistic function).
/// Called wherever such a value reaches weights, activations or metrics: the runtime's own functions differ between machines and widths.
/// Only additions, multiplications, fused multiply-adds, divisions and integer operations, each lane by itself: equal bits at every
/// width and on every machine. The polynomials were interpolated at Chebyshev nodes in 60-digit arithmetic for the ranges stated beside
/// them. Destination last; in place (y = x) is allowed, another overlap is not.
/// </summary>
internal static partial class Elementary
{
    /// <summary>Computes y[i] = f(x[i]).</summary>
    /// <typeparam name="TFunction">The function.</typeparam>
    /// <param name="function">The function with its constants.</param>
    /// <param name="x">Arguments.</param>
    /// <param name="y">Values; at least as long as <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The destination is too short; nothing was written.</exception>
    public static void Apply<TFunction>(TFunction function, ReadOnlySpan<float> x, Span<float> y)
        where TFunction : struct, IVectorFunction
    {
        if (y.Length < x.Length)
        {
            throw new ArgumentException($"the destination holds {y.Length} values, {x.Length} are needed", nameof(y));
        }

        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            function.Invoke(new Vector<float>(x[i..])).CopyTo(y[i..]);
        }

        if (i < x.Length)
        {
            // The remainder takes the same operations in a padded vector, never a scalar twin that could round differently.
            Span<float> padded = stackalloc float[Vector<float>.Count];
            padded.Clear();
            x[i..].CopyTo(padded);
            function.Invoke(new Vector<float>(padded)).CopyTo(padded);
            padded[..(x.Length - i)].CopyTo(y[i..]);
        }
    }
}
