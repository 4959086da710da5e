using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Unigram: of all ways to cut a piece into tokens the one with the largest sum of scores. Characters that no token covers are unknown at
/// the lowest score minus ten; neighbouring unknown ones are one token.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10.0;

    private readonly double[] _scores;
    private readonly int? _unknown;
    private readonly bool _byteFallback;
    private readonly double _unknownScore;
    private readonly string _file;
    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _idOfNode = [-1];

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">Pieces; of equal texts the last has the id.</param>
    /// <param name="scores">The score of each id.</param>
    /// <param name="unknown">Id of the unknown token.</param>
    /// <param name="byteFallback">Whether unknown text becomes bytes where the vocabulary has them.</param>
    /// <param name="file">For messages.</param>
    public UnigramModel(Vocabulary vocabulary, double[] scores, int? unknown, bool byteFallback, string file)
        : base(vocabulary)
    {
        _scores = scores;
        _unknown = unknown;
        _byteFallback = byteFallback;
        _file = file;
        _unknownScore = (scores.Length == 0 ? double.PositiveInfinity : scores.Min()) - UnknownPenalty;
        foreach ((string text, int id) in vocabulary.Ids)
        {
            int node = 0;
            foreach (char unit in text)
            {
                long key = ((long)node << 16) | unit;
                if (!_children.TryGetValue(key, out int child))
                {
                    child = _idOfNode.Count;
                    _idOfNode.Add(-1);
                    _children.Add(key, child);
                }

                node = child;
            }

            _idOfNode[node] = id;
        }
    }

    /// <inheritdoc/>
    public override void Tokenize(ReadOnlySpan<char> piece, List<ModelToken> tokens)
    {
        (int Id, int Start, double Score)[] best = FindBest(piece);
        List<(int Start, int End)> cuts = [];
        bool inUnknown = false;
        for (int end = piece.Length; end > 0; end = best[end].Start)
        {
            bool isUnknown = best[end].Id == _unknown;
            if (isUnknown && inUnknown)
            {
                cuts[^1] = (best[end].Start, cuts[^1].End);
            }
            else
            {
                cuts.Add((best[end].Start, end));
            }

            inUnknown = isUnknown;
        }

        cuts.Reverse();
        int startByte = 0;
        foreach ((int start, int end) in cuts)
        {
            startByte = Add(piece[start..end], startByte, tokens);
        }
    }

    // best[i]: the last token of the best way to cut the first i units. Where two are equal the one found first stays.
    private (int Id, int Start, double Score)[] FindBest(ReadOnlySpan<char> piece)
    {
        var best = new (int Id, int Start, double Score)[piece.Length + 1];
        for (int i = 1; i < best.Length; i++)
        {
            best[i].Start = -1;
        }

        for (int start = 0; start < piece.Length;)
        {
            int length = char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1;
            bool hasSingle = false;
            int node = 0;
            for (int end = start; end < piece.Length && _children.TryGetValue(((long)node << 16) | piece[end], out node);)
            {
                end++;
                int id = _idOfNode[node];
                if (id >= 0)
                {
                    Offer(ref best[end], id, start, _scores[id] + best[start].Score);
                    hasSingle |= end - start == length;
                }
            }

            if (!hasSingle)
            {
                Offer(ref best[start + length], RequireUnknown(), start, _unknownScore + best[start].Score);
            }

            start += length;
        }

        return best;
    }

    private static void Offer(ref (int Id, int Start, double Score) target, int id, int start, double score)
    {
        if (target.Start < 0 || score > target.Score)
        {
            target = (id, start, score);
        }
    }

    private int Add(ReadOnlySpan<char> text, int startByte, List<ModelToken> tokens)
    {
        int endByte = startByte + Encoding.UTF8.GetByteCount(text);
        int id = Vocabulary.Find(text);
        if (id < 0 && _byteFallback)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
            string[] names = Array.ConvertAll(bytes, value => $"<0x{value:X2}>");
            if (Array.TrueForAll(names, name => Vocabulary.Find(name) >= 0))
            {
                foreach (string name in names)
                {
                    tokens.Add(new ModelToken(Vocabulary.Find(name), name, startByte, endByte));
                }

                return endByte;
            }
        }

        tokens.Add(new ModelToken(id >= 0 ? id : RequireUnknown(), text.ToString(), startByte, endByte));
        return endByte;
    }

    private int RequireUnknown()
    {
        if (_unknown is null)
        {
            TokenizerFormatException.Throw(
                TokenizerError.MissingUnknownToken, $"tokenizer '{_file}': model.unk_id: the text has a character that no token covers, but the model names no unknown token");
        }

        return _unknown.Value;
    }
}
