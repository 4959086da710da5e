namespace Saltus.Kernels;

/// <summary>
/// How 8-bit vectors lie in memory. 32 consecutive k are a group of 8 words; word j of a group holds the bytes of k = j, j + 16, j + 8,
/// j + 24 (lowest byte first). A 16-bit multiply-add then sums k = j, j + 16 in the lower half of a word and j + 8, j + 24 in the upper
/// one, and eight of them a group: "half-groups" of 16 products. Tokens are stored as q + 128 (unsigned), weights as q.
/// Called by <see cref="Int8Quantizer"/>, <see cref="Int8Tile"/>.
/// </summary>
internal static class Int8Layout
{
    /// <summary>Values of k in a group.</summary>
    public const int Group = 32;

    /// <summary>Words in a group.</summary>
    public const int Words = 8;

    /// <summary>
    /// Largest norm of a half-group of a token's integers. Times <see cref="WeightBudget"/> it stays below 2^15, so by Cauchy and Schwarz
    /// no sum of 16 products leaves 16 bits. The split gives both sides about the same residual on normally distributed vectors.
    /// </summary>
    public const float TokenBudget = 212;

    /// <summary>Largest norm of a half-group of a latent's integers.</summary>
    public const float WeightBudget = 154;

    /// <summary>Gets the number of groups that a vector fills, the last one padded with zeros.</summary>
    /// <param name="length">Length of the vector.</param>
    /// <returns>The number.</returns>
    public static int Groups(int length) => (length + Group - 1) / Group;

    /// <summary>Gets the index k whose integer is the given byte of a group.</summary>
    /// <param name="position">0 … 31, four bytes a word.</param>
    /// <returns>0 … 31.</returns>
    public static int Index(int position) => (position / 4) + ((position & 1) * 16) + ((position & 2) * 4);
}
