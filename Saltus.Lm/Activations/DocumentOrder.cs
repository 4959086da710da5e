using Saltus.Tensors;

namespace Saltus.Lm.Activations;

/// <summary>
/// In which order a pass gives the documents: that of the files, or shuffled anew in every pass. Shuffling holds at most about
/// 2^26 characters (128 MiB): a larger corpus is shuffled in stretches of that size, in the order of the files.
/// </summary>
internal sealed class DocumentOrder(DocumentReader reader, long? seed, long charactersAtOnce = 1L << 26)
{
    /// <summary>Reads all documents once.</summary>
    /// <param name="pass">0-based number of the pass.</param>
    public IEnumerable<Document> Pass(int pass)
    {
        if (seed is not long value)
        {
            return reader.Read();
        }

        return Shuffled(new RandomSource(value, $"documents {pass}"));
    }

    private IEnumerable<Document> Shuffled(RandomSource random)
    {
        List<Document> held = [];
        long characters = 0;
        foreach (Document document in reader.Read())
        {
            held.Add(document);
            characters += document.Text.Length + (2 * document.Tokens?.Length ?? 0);
            if (characters >= charactersAtOnce)
            {
                foreach (Document one in Mixed(held, random))
                {
                    yield return one;
                }

                held.Clear();
                characters = 0;
            }
        }

        foreach (Document one in Mixed(held, random))
        {
            yield return one;
        }
    }

    private static Document[] Mixed(List<Document> held, RandomSource random)
    {
        Document[] documents = [.. held];
        random.Shuffle<Document>(documents);
        return documents;
    }
}
