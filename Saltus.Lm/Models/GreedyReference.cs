using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>Compares a greedy continuation: <c>greedy.output</c> is <c>greedy.prompt</c> and what follows, without an end token. Ids must be equal.</summary>
internal static class GreedyReference
{
    private const string PromptName = "greedy.prompt";
    private const string OutputName = "greedy.output";

    /// <summary>Compares, if both tensors are there.</summary>
    public static void Compare(WorkTeam team, LanguageModel model, ITensorSource reference, Dictionary<string, TensorComparison> made)
    {
        if (reference.Find(PromptName) is null || reference.Find(OutputName) is null)
        {
            return;
        }

        int[][] prompts = LanguageModelVerification.ReadTokens(reference, PromptName);
        int[][] outputs = LanguageModelVerification.ReadTokens(reference, OutputName);
        made[PromptName] = TensorComparison.NotCompared(PromptName, "it is what the model reads");
        if (prompts.Length != outputs.Length || prompts[0].Length == 0 || outputs[0].Length < prompts[0].Length)
        {
            throw new ModelException(
                ModelError.UnknownReference, $"'{reference.Source}': expected in {OutputName} the sequences of {PromptName} and what follows them, found other shapes");
        }

        IReadOnlyList<GeneratedSequence> generated = Generation.Run(
            team, model, prompts, new GenerationOptions { MaxTokens = outputs[0].Length - prompts[0].Length });
        ErrorMeter meter = new(OutputName);
        for (int sequence = 0; sequence < outputs.Length; sequence++)
        {
            int[] actual = [.. prompts[sequence], .. generated[sequence].Tokens];
            for (int i = 0; i < outputs[sequence].Length; i++)
            {
                meter.Add(i < actual.Length ? actual[i] : -1, outputs[sequence][i]);
            }
        }

        made[OutputName] = meter.Finish(absolute: 0);
    }
}
