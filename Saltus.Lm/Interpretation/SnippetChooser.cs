using Saltus.Lm.Activations;
using Saltus.Reports;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>Chooses the places that are shown of one latent, and cuts the snippets around them.</summary>
/// <param name="stream">All tokens.</param>
/// <param name="tokenTexts">The text of each token id.</param>
/// <param name="describe">Title and source of a document; null where there are none.</param>
/// <param name="options">How many, how long.</param>
internal sealed class SnippetChooser(
    TokenStream stream, IReadOnlyList<string> tokenTexts, Func<int, (string? Title, string? Source)>? describe, LatentCollectorOptions options)
{
    private const int AttemptsPerSnippet = 8;

    /// <summary>The strongest places, none within reach of a stronger one.</summary>
    public List<Snippet> Top(ReadOnlySpan<int> places, ReadOnlySpan<float> values)
    {
        int[] order = new int[places.Length];
        float[] keys = new float[places.Length];
        for (int i = 0; i < order.Length; i++)
        {
            (order[i], keys[i]) = (i, -values[i]);
        }

        // A stable order for equal values: by place. Array.Sort alone is not stable.
        Array.Sort(keys, order);
        SortRunsByPlace(keys, order);
        List<int> chosen = [];
        foreach (int entry in order)
        {
            if (chosen.Count == options.TopSnippets || !(values[entry] > 0))
            {
                break;
            }

            if (IsApart(places[entry], chosen))
            {
                chosen.Add(places[entry]);
            }
        }

        return Cut(chosen, places, values);
    }

    /// <summary>Samples from each interval of equal width of (0, max].</summary>
    public List<SnippetInterval> Intervals(ReadOnlySpan<int> places, ReadOnlySpan<float> values, float max, RandomSource random)
    {
        List<int>[] members = new List<int>[options.Intervals];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = [];
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] > 0)
            {
                int interval = (int)Math.Ceiling((double)values[i] / max * options.Intervals) - 1;
                members[Math.Clamp(interval, 0, members.Length - 1)].Add(places[i]);
            }
        }

        List<SnippetInterval> result = [];
        for (int i = 0; i < members.Length; i++)
        {
            double low = (double)max * i / members.Length, high = (double)max * (i + 1) / members.Length;
            result.Add(new SnippetInterval(low, high, members[i].Count, Cut(Sample(members[i], random), places, values)));
        }

        return result;
    }

    private static void SortRunsByPlace(float[] keys, int[] order)
    {
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
            {
                end++;
            }

            Array.Sort(order, start, end - start);
            start = end;
        }
    }

    private List<int> Sample(List<int> members, RandomSource random)
    {
        List<int> chosen = [];
        for (int attempt = 0; members.Count > 0 && attempt < options.SnippetsPerInterval * AttemptsPerSnippet; attempt++)
        {
            int place = members[random.NextInt(members.Count)];
            if (chosen.Count < options.SnippetsPerInterval && IsApart(place, chosen))
            {
                chosen.Add(place);
            }
        }

        return chosen;
    }

    private bool IsApart(int place, List<int> chosen)
    {
        (TokenWindow window, int position) = stream.Find(place);
        int own = window.DocumentPosition(position);
        foreach (int other in chosen)
        {
            (TokenWindow otherWindow, int otherPosition) = stream.Find(other);
            if (otherWindow.Document == window.Document && Math.Abs(otherWindow.DocumentPosition(otherPosition) - own) <= options.Apart)
            {
                return false;
            }
        }

        return true;
    }

    private List<Snippet> Cut(List<int> chosen, ReadOnlySpan<int> places, ReadOnlySpan<float> values)
    {
        List<Snippet> result = new(chosen.Count);
        foreach (int place in chosen)
        {
            result.Add(Cut(place, places, values));
        }

        return result;
    }

    private Snippet Cut(int place, ReadOnlySpan<int> places, ReadOnlySpan<float> values)
    {
        (TokenWindow window, int position) = stream.Find(place);
        int first = Math.Max(window.HasBos ? 1 : 0, position - options.TokensBefore);
        int end = Math.Min(window.Length, position + options.TokensAfter + 1);
        string[] tokens = new string[end - first];
        float[] activations = new float[end - first];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = tokenTexts[window.Ids[first + i]];
            int entry = places.BinarySearch(place - position + first + i);
            activations[i] = entry >= 0 ? values[entry] : 0;
        }

        (string? title, string? source) = describe?.Invoke(window.Document) ?? default;
        return new Snippet
        {
            Tokens = tokens,
            Activations = activations,
            Focus = position - first,
            Document = window.Document,
            Title = title ?? string.Empty,
            Source = source ?? string.Empty,
            Position = window.DocumentPosition(position),
        };
    }
}
