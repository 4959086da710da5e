namespace Saltus.Lm.Tokenizers;

/// <summary>BERT and RoBERTa: one token in front, one behind, whatever the text; RoBERTa may trim offsets first.</summary>
internal sealed class FrameProcessor((int Id, string Token) front, (int Id, string Token) back, OffsetTrimmer? trimmer) : PostProcessor
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Before { get; } = [front.Id];

    /// <inheritdoc/>
    public override IReadOnlyList<int> Behind { get; } = [back.Id];

    /// <inheritdoc/>
    public override EncodingBuilder Apply(EncodingBuilder encoding, bool addSpecialTokens)
    {
        trimmer?.Apply(encoding, addSpecialTokens);
        if (addSpecialTokens)
        {
            encoding.Insert(0, front.Id, front.Token);
            encoding.Add(back.Id, back.Token, 0, 0);
        }

        return encoding;
    }
}
