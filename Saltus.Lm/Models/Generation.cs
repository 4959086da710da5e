using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// Continues prompts token by token, all of them together, with a cache of keys and values: logits have the bits of reading the whole
/// sequence at once, so greedy text does not depend on the cache, on the batch or on threads.
/// </summary>
public static class Generation
{
    /// <summary>Generates.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Token ids, at least one a prompt.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="read">Is given each token as it comes; null for nobody.</param>
    /// <param name="cancellation">Ends the work between tokens.</param>
    /// <returns>One result a prompt, in their order.</returns>
    /// <exception cref="ArgumentException">There is no prompt, or an empty one, or a setting is out of range.</exception>
    /// <exception cref="ModelException">A token is outside the vocabulary, a prompt is longer than the learned positions, or an edit's site does not exist.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static IReadOnlyList<GeneratedSequence> Run(
        WorkTeam team, LanguageModel model, IReadOnlyList<int[]> prompts, GenerationOptions options, TokenReader? read = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (prompts.Count == 0 || prompts.Any(prompt => prompt.Length == 0))
        {
            throw new ArgumentException("generation needs at least one prompt, and each at least one token", nameof(prompts));
        }

        using KeyValueCache cache = model.CreateCache(prompts.Count);
        List<int>[] made = [.. prompts.Select(_ => new List<int>())];
        TokenSampler[] samplers = [.. prompts.Select((_, sequence) => new TokenSampler(options, sequence))];
        GenerationEnd?[] ends = [.. prompts.Select(_ => options.MaxTokens == 0 ? GenerationEnd.MaxTokens : (GenerationEnd?)null)];
        for (int sequence = 0; sequence < prompts.Count; sequence++)
        {
            cache.Add(sequence, prompts[sequence]);
        }

        while (true)
        {
            int[] open = [.. Enumerable.Range(0, prompts.Count).Where(sequence => ends[sequence] is null)];
            if (open.Length == 0)
            {
                return [.. made.Select((tokens, sequence) => new GeneratedSequence(tokens, ends[sequence]!.Value))];
            }

            cancellation.ThrowIfCancellationRequested();
            using Matrix logits = NextLogits(team, model, cache, open, options.Edits);
            for (int i = 0; i < open.Length; i++)
            {
                int sequence = open[i];
                int token = samplers[sequence].Next(logits.Row(i));
                made[sequence].Add(token);
                cache.Add(sequence, token);
                read?.Invoke(sequence, token);
                ends[sequence] = EndOf(model.Configuration, options, token, made[sequence].Count, cache.Tokens(sequence).Count);
            }
        }
    }

    private static GenerationEnd? EndOf(ModelConfiguration configuration, GenerationOptions options, int token, int made, int length) =>
        options.StopTokens?.Contains(token) == true ? GenerationEnd.StopToken
        : made == options.MaxTokens ? GenerationEnd.MaxTokens
        : configuration.LearnedPositions && length > configuration.MaxPositions ? GenerationEnd.LastPosition
        : null;

    /// <summary>Reads what is new and computes the logits after each sequence's last token.</summary>
    private static Matrix NextLogits(WorkTeam team, LanguageModel model, KeyValueCache cache, int[] sequences, IReadOnlyList<Edit> edits)
    {
        using Matrix last = new(sequences.Length, model.Configuration.Width);
        model.Run(team, cache, sequences, new ModelRun
        {
            Edits = edits,
            FinalNorm = (batch, rows) =>
            {
                for (int i = 0; i < sequences.Length; i++)
                {
                    rows.Row(batch.Start(i) + batch.Length(i) - 1).CopyTo(last.Row(i));
                }
            },
        });
        Matrix logits = new(sequences.Length, model.Configuration.VocabularySize);
        model.ComputeLogits(team, last, logits);
        return logits;
    }
}
