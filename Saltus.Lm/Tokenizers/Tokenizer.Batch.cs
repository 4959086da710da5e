using System.Collections.Concurrent;
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

        // One list a thread, whatever the number of texts: they come and go by the bag.
        ConcurrentBag<List<int>> lists = [];
        team.Run(texts.Count, i =>
        {
            List<int> ids = lists.TryTake(out List<int>? used) ? used : [];
            ids.Clear();
            EncodeIds(texts[i], ids, addSpecialTokens);
            result[i] = [.. ids];
            lists.Add(ids);
        });
        return result;
    }
}
