using System.Numerics;
using System.Runtime.Intrinsics;

namespace Saltus.Cli.Bench;

/// <summary>
/// Independent chains v ← v·a + b in registers: nothing is loaded, so this is as fast as the machine multiplies and adds. Twelve chains
/// cover the latency of any current core. Called by the floors; the widest vectors are not always the fastest, so both kinds are tried.
/// </summary>
internal static class FloorChains
{
    /// <summary>Chains of each call.</summary>
    public const int Chains = 12;

    /// <summary>Runs the chains on <see cref="Vector{T}"/>.</summary>
    /// <param name="steps">Length of each chain.</param>
    /// <returns>A sum of their ends, so that nothing is optimised away.</returns>
    public static float RunVector(int steps)
    {
        Vector<float> a = new(0.999f), b = new(0.001f);
        Vector<float> v0 = b, v1 = b, v2 = b, v3 = b, v4 = b, v5 = b, v6 = b, v7 = b, v8 = b, v9 = b, v10 = b, v11 = b;
        for (int i = 0; i < steps; i++)
        {
            v0 = Vector.FusedMultiplyAdd(v0, a, b);
            v1 = Vector.FusedMultiplyAdd(v1, a, b);
            v2 = Vector.FusedMultiplyAdd(v2, a, b);
            v3 = Vector.FusedMultiplyAdd(v3, a, b);
            v4 = Vector.FusedMultiplyAdd(v4, a, b);
            v5 = Vector.FusedMultiplyAdd(v5, a, b);
            v6 = Vector.FusedMultiplyAdd(v6, a, b);
            v7 = Vector.FusedMultiplyAdd(v7, a, b);
            v8 = Vector.FusedMultiplyAdd(v8, a, b);
            v9 = Vector.FusedMultiplyAdd(v9, a, b);
            v10 = Vector.FusedMultiplyAdd(v10, a, b);
            v11 = Vector.FusedMultiplyAdd(v11, a, b);
        }

        return Vector.Sum(v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9 + v10 + v11);
    }

    /// <summary>Runs the chains on <see cref="Vector512{T}"/>.</summary>
    /// <param name="steps">Length of each chain.</param>
    /// <returns>A sum of their ends.</returns>
    public static float RunVector512(int steps)
    {
        Vector512<float> a = Vector512.Create(0.999f), b = Vector512.Create(0.001f);
        Vector512<float> v0 = b, v1 = b, v2 = b, v3 = b, v4 = b, v5 = b, v6 = b, v7 = b, v8 = b, v9 = b, v10 = b, v11 = b;
        for (int i = 0; i < steps; i++)
        {
            v0 = Vector512.FusedMultiplyAdd(v0, a, b);
            v1 = Vector512.FusedMultiplyAdd(v1, a, b);
            v2 = Vector512.FusedMultiplyAdd(v2, a, b);
            v3 = Vector512.FusedMultiplyAdd(v3, a, b);
            v4 = Vector512.FusedMultiplyAdd(v4, a, b);
            v5 = Vector512.FusedMultiplyAdd(v5, a, b);
            v6 = Vector512.FusedMultiplyAdd(v6, a, b);
            v7 = Vector512.FusedMultiplyAdd(v7, a, b);
            v8 = Vector512.FusedMultiplyAdd(v8, a, b);
            v9 = Vector512.FusedMultiplyAdd(v9, a, b);
            v10 = Vector512.FusedMultiplyAdd(v10, a, b);
            v11 = Vector512.FusedMultiplyAdd(v11, a, b);
        }

        return Vector512.Sum(v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7 + v8 + v9 + v10 + v11);
    }
}
