namespace Saltus.Lm.Tokenizers;

/// <summary>
/// The fast path: from a segment of normalized text to ids, without offsets, strings or an allocation a piece. Steps cut the text ever
/// finer and hand each part on; the last is given to the model, whose answer is remembered.
/// </summary>
internal sealed class IdPipeline
{
    private readonly IdStep[] _steps;
    private readonly PieceIds _model;

    private IdPipeline(IdStep[] steps, PieceIds model)
    {
        _steps = steps;
        _model = model;
    }

    /// <summary>The fast path of a tokenizer, or null where only the long way is exact.</summary>
    public static IdPipeline? Create(TokenizerParts parts)
    {
        List<IdStep> steps = [];
        List<PreTokenizer> cuts = [];
        Flatten(parts.PreTokenizer, cuts);

        // "At the beginning of the text" is a matter of places, which are not kept here once the text has been changed.
        bool changed = parts.Normalizer is not null;
        foreach (PreTokenizer cut in cuts)
        {
            if (cut is MetaspacePreTokenizer { Scheme: PrependScheme.First } && changed)
            {
                return null;
            }

            changed |= cut is MetaspacePreTokenizer or ByteLevelPreTokenizer;
        }

        for (int i = 0; i < cuts.Count; i++)
        {
            bool last = i == cuts.Count - 1;
            switch (cuts[i])
            {
                case ByteLevelPreTokenizer bytes:
                    AddByteLevel(bytes, steps);
                    if (last && BytePieceIds.TryCreate(parts.Model) is BytePieceIds model)
                    {
                        return new IdPipeline([.. steps], model);
                    }

                    steps.Add(new ByteAlphabetStep());
                    break;
                case MetaspacePreTokenizer metaspace:
                    steps.Add(new MetaspaceStep(metaspace));
                    break;
                case SplitPreTokenizer { Scanner: PieceScanner scanner }:
                    steps.Add(new ScannerStep(scanner));
                    break;
                case SplitPreTokenizer split:
                    steps.Add(new SplitStep(split));
                    break;
                default:
                    return null;
            }
        }

        if (MarkScanner.IsExactFor(parts.Model))
        {
            steps.Add(new ScannerStep(new MarkScanner()));
        }

        return new IdPipeline([.. steps], new ModelPieceIds(parts.Model));
    }

    /// <summary>Appends the ids of a text.</summary>
    /// <param name="text">Normalized text without added tokens; not empty.</param>
    /// <param name="atStart">Whether it stands at the beginning of the whole text.</param>
    /// <param name="workspace">The thread's workspace.</param>
    /// <param name="ids">Where to append.</param>
    public void Run(ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids) => Run(0, text, atStart, workspace, ids);

    /// <summary>The rest of the steps, from <paramref name="step"/> on, for one part.</summary>
    internal void Run(int step, ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids)
    {
        if (text.Length == 0)
        {
            return;
        }

        if (step == _steps.Length)
        {
            _model.Add(text, workspace, ids);
        }
        else
        {
            _steps[step].Run(this, step + 1, text, atStart, workspace, ids);
        }
    }

    private static void Flatten(PreTokenizer? cut, List<PreTokenizer> result)
    {
        if (cut is PreTokenizerSequence sequence)
        {
            foreach (PreTokenizer step in sequence.Steps)
            {
                Flatten(step, result);
            }
        }
        else if (cut is not null)
        {
            result.Add(cut);
        }
    }

    private static void AddByteLevel(ByteLevelPreTokenizer bytes, List<IdStep> steps)
    {
        if (bytes.AddPrefixSpace)
        {
            steps.Add(new PrefixSpaceStep());
        }

        if (bytes.Scanner is not null)
        {
            steps.Add(new ScannerStep(bytes.Scanner));
        }
    }
}
