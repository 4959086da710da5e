using System.Text;
using Saltus.Kernels;
using Saltus.Lm.Tokenizers;

namespace Saltus.Lm.Models;

/// <summary>Continues texts: tokenizer, <see cref="Generation"/>, and decoding as tokens come.</summary>
public static class TextGeneration
{
    /// <summary>Generates.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="prompts">Texts; BOS is put in front where the tokenizer does so.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="read">Is given the index of a prompt and new text as it becomes certain, never part of a character; null for nobody.</param>
    /// <param name="cancellation">Ends the work between tokens.</param>
    /// <returns>One result a prompt, in their order.</returns>
    /// <exception cref="ArgumentException">There is no prompt, one has no token, or a setting is out of range.</exception>
    /// <exception cref="ModelException">As for <see cref="Generation.Run"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static IReadOnlyList<GeneratedText> Run(
        WorkTeam team, LanguageModel model, Tokenizer tokenizer, IReadOnlyList<string> prompts, GenerationOptions options, Action<int, string>? read = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        int[][] tokens = [.. prompts.Select(prompt => tokenizer.Encode(prompt).Ids.ToArray())];
        StreamingDecoder[] decoders = [.. prompts.Select(_ => new StreamingDecoder(tokenizer, skipSpecial: true))];
        StringBuilder[] texts = [.. prompts.Select(_ => new StringBuilder())];
        void Give(int sequence, string text)
        {
            texts[sequence].Append(text);
            if (text.Length > 0)
            {
                read?.Invoke(sequence, text);
            }
        }

        IReadOnlyList<int> stops = options.StopTokens is null && tokenizer.EosId is { } end ? [end] : [.. options.StopTokens ?? []];

        // The prompt's last tokens decide whether the first new one begins with a space: they are decoded too, and not given.
        for (int sequence = 0; sequence < prompts.Count; sequence++)
        {
            foreach (int token in tokens[sequence])
            {
                decoders[sequence].Add(token);
            }
        }

        IReadOnlyList<GeneratedSequence> generated = Generation.Run(
            team, model, tokens, options with { StopTokens = stops }, (sequence, token) => Give(sequence, decoders[sequence].Add(token)), cancellation);
        for (int sequence = 0; sequence < prompts.Count; sequence++)
        {
            Give(sequence, decoders[sequence].Finish());
        }

        return [.. generated.Select((sequence, i) => new GeneratedText(texts[i].ToString(), sequence))];
    }
}
