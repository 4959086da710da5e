namespace Saltus.Lm.Tokenizers;

/// <summary>Several post-processors, one after the other: the last one's special tokens stand outermost.</summary>
internal sealed class PostProcessorSequence(IReadOnlyList<PostProcessor> steps) : PostProcessor
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Before { get; } = [.. steps.Reverse().SelectMany(step => step.Before)];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Behind { get; } = [.. steps.SelectMany(step => step.Behind)];

    /// <inheritdoc/>
    public override int Copies { get; } = steps.Aggregate(1, (copies, step) => copies == 1 && step.Copies == 1 ? 1 : 0);

    /// <inheritdoc/>
    public override EncodingBuilder Apply(EncodingBuilder encoding, bool addSpecialTokens)
    {
        foreach (PostProcessor step in steps)
        {
            encoding = step.Apply(encoding, addSpecialTokens);
        }

        return encoding;
    }
}
