namespace Saltus.Lm.Tokenizers;

/// <summary>Byte-level post-processing: offsets leave out the white space that a token begins or ends with.</summary>
internal sealed class OffsetTrimmer(bool addPrefixSpace) : PostProcessor
{
    /// <inheritdoc/>
    public override EncodingBuilder Apply(EncodingBuilder encoding, bool addSpecialTokens)
    {
        for (int i = 0; i < encoding.Tokens.Count; i++)
        {
            string token = encoding.Tokens[i];
            int leading = 0;
            while (leading < token.Length && IsSpace(token[leading]))
            {
                leading++;
            }

            int trailing = 0;
            while (trailing < token.Length && IsSpace(token[token.Length - 1 - trailing]))
            {
                trailing++;
            }

            (int start, int end) = encoding.Offsets[i];
            if (leading > 0)
            {
                // The one space in front of the first token is not in the text when the pre-tokenizer put it there.
                bool added = (i == 0 || start == 0) && addPrefixSpace && leading == 1;
                start = added ? start : Math.Min(start + leading, end);
            }

            if (trailing > 0 && end >= trailing)
            {
                end = Math.Max(end - trailing, start);
            }

            encoding.Offsets[i] = (start, end);
        }

        return encoding;
    }

    private static bool IsSpace(char unit) => unit == ByteAlphabet.OfBytes[' '] || char.IsWhiteSpace(unit);
}
