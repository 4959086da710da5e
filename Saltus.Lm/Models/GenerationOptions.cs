namespace Saltus.Lm.Models;

/// <summary>How tokens are chosen. With the same seed a sequence gets the same tokens, whatever is generated beside it.</summary>
public sealed record GenerationOptions
{
    /// <summary>Gets the largest number of new tokens of a sequence.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>Gets what logits are divided by before they become probabilities; 0 (the default) always takes the best token.</summary>
    public double Temperature { get; init; }

    /// <summary>Gets how many of the best tokens are eligible; null for all. Of equal logits the lower id counts as better.</summary>
    public int? TopK { get; init; }

    /// <summary>Gets the probability that the eligible tokens must have together: the fewest best ones that reach it, after <see cref="TopK"/>; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Gets the seed of the draws.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Gets the tokens that end a sequence; the one that came stands last in the result. Null: the tokenizer's end token where there is a
    /// tokenizer, else none.
    /// </summary>
    public IReadOnlyCollection<int>? StopTokens { get; init; }

    /// <summary>Gets what is changed at sites while reading, prompts included: steering, splices. Positions are those of the whole sequence.</summary>
    public IReadOnlyList<Edit> Edits { get; init; } = [];

    /// <summary>Checks the settings.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxTokens);
        if (!double.IsFinite(Temperature) || Temperature < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "expected a temperature of at least 0");
        }

        if (TopK is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(TopK), TopK, "expected at least one eligible token");
        }

        if (!(TopP is > 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(TopP), TopP, "expected a probability above 0 and at most 1");
        }
    }
}
