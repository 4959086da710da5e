using Saltus.Reports;
using Saltus.Tensors;

namespace Saltus.Tests.Reports;

/// <summary>Makes latents that answer to words of the sample corpus.</summary>
internal sealed class SampleLatents
{
    private const int Before = 22;
    private const int After = 14;
    private const int Intervals = 5;

    private readonly SampleCorpus _corpus;
    private readonly RandomSource _random;
    private readonly List<KeyValuePair<string, List<(int Document, int Position)>>> _words;

    public SampleLatents(SampleCorpus corpus, RandomSource random)
    {
        _corpus = corpus;
        _random = random;
        Dictionary<string, List<(int Document, int Position)>> places = new(StringComparer.Ordinal);
        foreach (SampleCorpus.Document document in corpus.Documents)
        {
            for (int i = 0; i < document.Tokens.Length; i++)
            {
                if (!places.TryGetValue(document.Tokens[i], out List<(int Document, int Position)>? list))
                {
                    places.Add(document.Tokens[i], list = []);
                }

                list.Add((document.Number, i));
            }
        }

        _words = [.. places.OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
    }

    public LatentReport Make(int index, int topSnippets)
    {
        double threshold = 1 + (2 * _random.NextDouble());
        if (index % 97 == 41)
        {
            return new LatentReport { Index = index, Frequency = 0, MaxActivation = 0, Threshold = threshold, DecoderNorm = 1, EncoderDecoderCosine = 0.02, Promoted = Logits(1), Suppressed = Logits(-1) };
        }

        (string word, List<(int Document, int Position)> places) = _words[(int)(Math.Pow(_random.NextDouble(), 2.2) * Math.Min(1500, _words.Count))];
        double strength = 4 + (10 * _random.NextDouble());
        (int Document, int Position, float Activation)[] active = [.. places.Take(400)
            .Select(place => (place.Document, place.Position, (float)(threshold + (strength * Math.Pow(_random.NextDouble(), 1.6)))))
            .OrderByDescending(place => place.Item3)];
        Dictionary<(int Document, int Position), float> lit = active.ToDictionary(place => (place.Document, place.Position), place => place.Activation);
        double max = active[0].Activation;
        return new LatentReport
        {
            Index = index,
            Frequency = places.Count / (double)_corpus.Documents.Sum(document => document.Tokens.Length),
            MaxActivation = max,
            Threshold = threshold,
            DecoderNorm = 1,
            EncoderDecoderCosine = 0.5 + (0.4 * _random.NextDouble()),
            TellingScore = _random.NextDouble() * 4,
            Neighbours = [.. Enumerable.Range(1, 4).Select(step => new LatentNeighbour((index + (step * 37)) % 500, 0.5 - (0.09 * step)))],
            TopTokens = [.. Enumerable.Range(0, 10).Select(i => new TokenActivation(i == 0 ? word : AnyWord(), max * Math.Pow(0.8, i), Math.Max(1, places.Count >> i)))],
            Promoted = Logits(1),
            Suppressed = Logits(-1),
            ActivationHistogram = SampleReports.Histogram(active.Select(place => (double)place.Activation), 0, max, 30),
            TopSnippets = [.. active.Take(topSnippets).Select(place => Cut(place.Document, place.Position, lit))],
            IntervalSnippets = [.. Enumerable.Range(0, Intervals).Select(i =>
            {
                var inside = active.Where(place => place.Activation > max * i / Intervals && place.Activation <= max * (i + 1) / Intervals).ToArray();
                return new SnippetInterval(max * i / Intervals, max * (i + 1) / Intervals, inside.Length, [.. inside.Take(3).Select(place => Cut(place.Document, place.Position, lit))]);
            })],
        };
    }

    private Snippet Cut(int number, int position, Dictionary<(int Document, int Position), float> lit)
    {
        SampleCorpus.Document document = _corpus.Documents[number];
        int first = Math.Max(0, position - Before);
        int last = Math.Min(document.Tokens.Length, position + After);
        return new Snippet
        {
            Tokens = document.Tokens[first..last],
            Activations = [.. Enumerable.Range(first, last - first).Select(i => lit.GetValueOrDefault((number, i)))],
            Focus = position - first,
            Document = number,
            Title = document.Title,
            Source = document.Source,
            Position = position,
        };
    }

    private TokenLogit[] Logits(int sign) => [.. Enumerable.Range(0, 10).Select(i => new TokenLogit(AnyWord(), sign * (2.4 - (0.17 * i))))];

    private string AnyWord() => _words[(int)(Math.Pow(_random.NextDouble(), 2) * _words.Count)].Key;
}
