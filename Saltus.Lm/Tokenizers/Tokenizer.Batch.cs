using Saltus.Kernels;

namespace Saltus.Lm.Tokenizers;

/// <content>Many texts at once.</content>
public sealed partial class Tokenizer
{
    /// <summary>The ids of many texts, spread over a team; the result is the same for any number of threads.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="team">The threads.</param>
    /// <param name="addSpecialTokens">Whether the post-processor's special tokens are added to each.</param>
    /// <returns>The ids of each text, in the order of the texts.</returns>
    /// <exception cref="TokenizerFormatException">A text needs the unknown token, and the vocabulary has none.</exception>
    public int[][] EncodeBatch(IReadOnlyList<string> texts, WorkTeam team, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(team);
        int[][] result = new int[texts.Count][];
        team.Run(texts.Count, i =>
        {
            List<int> ids = new((texts[i].Length / 3) + 4);
            EncodeIds(texts[i], ids, addSpecialTokens);
            result[i] = [.. ids];
        });
        return result;
    }
}
