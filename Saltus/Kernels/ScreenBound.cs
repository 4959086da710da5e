using System.Runtime.Intrinsics;

namespace Saltus.Kernels;

/// <summary>
/// Which (latent, token) pairs of a tile may exceed their floor. With x = x̂ + r, w = ŵ + s on the columns in integers, and c the columns apart:
/// fl(x·w) + b ≤ x̂·ŵ + x_c·w_c + ‖r‖·‖w‖ + ‖x̂‖·‖s‖ + κ·(‖x‖·‖w‖) + b, by Cauchy and Schwarz; a pair below its floor by this bound cannot be active.
/// κ = (d + 128) u (1 + 1 %), u = 2^-24, covers the chain of d fused multiply-adds (at most d·u / (1 − d·u) of Σ|x_k·w_k|), the addition of the bias, and the
/// at most 23 roundings of the evaluation below, none of whose intermediate values exceeds 5·‖x‖·‖w‖.
/// sums [6, 16] from <see cref="Int8Tile"/>; called by <see cref="ScreenedEncode"/> for every tile.
/// A bound that is NaN counts as above every floor: such a pair is computed.
/// </summary>
internal static class ScreenBound
{
    /// <summary>Most columns that may stand apart: with them the evaluation has 23 roundings.</summary>
    public const int MaxApart = 16;

    /// <summary>Gets κ for sums of length d.</summary>
    /// <param name="depth">d.</param>
    /// <returns>κ.</returns>
    public static double RoundingFactor(int depth) => (depth + 128) * Math.ScaleB(1.01, -24);

    /// <summary>Gets what x·w must exceed, slightly lowered, for a value x·w + b to exceed its floor after rounding.</summary>
    /// <param name="floor">The floor; strict.</param>
    /// <param name="bias">b.</param>
    /// <returns>The cut; +∞ where nothing is wanted, −∞ where everything is.</returns>
    public static float Cut(float floor, float bias)
    {
        if (float.IsNaN(floor) || float.IsPositiveInfinity(floor))
        {
            return float.PositiveInfinity;
        }

        // 2^-120 is far above what d products can lose to underflow.
        double slack = ((Math.Abs((double)floor) + Math.Abs((double)bias)) * Math.ScaleB(1, -22)) + Math.ScaleB(1, -120);
        return MathF.BitDecrement((float)((double)floor - bias - slack));
    }

    /// <summary>Finds the pairs that must be computed.</summary>
    /// <param name="sums">x̂·ŵ in units of both scales, [6, 16].</param>
    /// <param name="tokens">The block.</param>
    /// <param name="panel">Index of the tile's panel.</param>
    /// <param name="weights">The latents, with their cuts.</param>
    /// <param name="latent">The tile's first latent; rows of the tile beyond the last one are never found.</param>
    /// <param name="masks">[6]; a bit a token, of lanes that are no token too; undefined where the answer is no.</param>
    /// <returns>Whether any bit is set.</returns>
    public static bool Find(ReadOnlySpan<int> sums, Int8Tokens tokens, int panel, Int8Weights weights, int latent, Span<uint> masks)
    {
        const int Width = Int8Tile.Tokens;
        ReadOnlySpan<float> token = tokens.Bounds(panel);
        ReadOnlySpan<float> apart = tokens.Apart(panel);
        Vector256<float> scale0 = Vector256.Create(token), scale1 = Vector256.Create(token[8..]);
        Vector256<float> norm0 = Vector256.Create(token[Width..]), norm1 = Vector256.Create(token[(Width + 8)..]);
        Vector256<float> rest0 = Vector256.Create(token[(2 * Width)..]), rest1 = Vector256.Create(token[((2 * Width) + 8)..]);
        Vector256<float> round0 = Vector256.Create(token[(3 * Width)..]), round1 = Vector256.Create(token[((3 * Width) + 8)..]);
        uint any = 0;
        for (int row = 0; row < Int8Tile.Latents; row++)
        {
            Int8Latent of = weights.Latents[latent + row];
            Vector256<float> bound0 = Vector256.ConvertToSingle(Vector256.Create(sums[(row * Width)..])) * scale0 * of.Scale;
            Vector256<float> bound1 = Vector256.ConvertToSingle(Vector256.Create(sums[((row * Width) + 8)..])) * scale1 * of.Scale;
            Vector256<float> factor = Vector256.Create(of.Norm);
            bound0 = Vector256.FusedMultiplyAdd(rest0, factor, bound0);
            bound1 = Vector256.FusedMultiplyAdd(rest1, factor, bound1);
            factor = Vector256.Create(of.Residual);
            bound0 = Vector256.FusedMultiplyAdd(norm0, factor, bound0);
            bound1 = Vector256.FusedMultiplyAdd(norm1, factor, bound1);
            factor = Vector256.Create(of.FullNorm);
            bound0 = Vector256.FusedMultiplyAdd(round0, factor, bound0);
            bound1 = Vector256.FusedMultiplyAdd(round1, factor, bound1);
            if (apart.Length > 0)
            {
                bound0 += Apart(apart, weights.Apart(latent + row));
                bound1 += Apart(apart[8..], weights.Apart(latent + row));
            }

            Vector256<float> cut = Vector256.Create(of.Cut);
            uint low = ~Vector256.LessThanOrEqual(bound0, cut).ExtractMostSignificantBits() & 0xFF;
            uint high = ~Vector256.LessThanOrEqual(bound1, cut).ExtractMostSignificantBits() & 0xFF;
            masks[row] = low | (high << 8);
            any |= masks[row];
        }

        return any != 0;
    }

    private static Vector256<float> Apart(ReadOnlySpan<float> tokens, ReadOnlySpan<float> weights)
    {
        Vector256<float> sum = default;
        for (int i = 0; i < weights.Length; i++)
        {
            sum = Vector256.FusedMultiplyAdd(Vector256.Create(tokens[(i * Int8Tile.Tokens)..]), Vector256.Create(weights[i]), sum);
        }

        return sum;
    }
}
