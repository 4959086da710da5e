using System.Globalization;
using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <content>From tokens to text.</content>
public sealed partial class Tokenizer
{
    /// <summary>The text of a sequence of tokens; bytes that are no UTF-8 become U+FFFD. An id between others that no token has adds nothing.</summary>
    /// <param name="ids">Token ids.</param>
    /// <param name="skipSpecial">Whether added tokens marked special are left out.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An id is not below <see cref="VocabularySize"/>.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        List<string> tokens = new(ids.Length);
        foreach (int id in ids)
        {
            if (Token(id) is string text && !(skipSpecial && _skipped[id]))
            {
                tokens.Add(text);
            }
        }

        return _parts.Decoder is null ? string.Join(' ', tokens) : string.Concat(_parts.Decoder.Apply(tokens));
    }

    /// <summary>The token as the vocabulary writes it, or null for an id between others that no token has.</summary>
    /// <param name="id">A token id.</param>
    /// <returns>The token, such as <c>Ġthe</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is not below <see cref="VocabularySize"/>.</exception>
    public string? Token(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return _texts[id];
    }

    /// <summary>
    /// A token as a reader should see it: its own text with spaces as spaces; bytes that are no character by themselves as <c>\xE2</c>.
    /// </summary>
    /// <param name="id">A token id.</param>
    /// <returns>The text, such as <c> the</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is not below <see cref="VocabularySize"/>.</exception>
    public string TokenText(int id)
    {
        if (Token(id) is not string token)
        {
            return $"<{id}>";
        }

        if (_parts.Decoder is null || SpecialIds.Contains(id))
        {
            return token;
        }

        (string text, byte[]? bytes) = _parts.Decoder.Show(token);
        return bytes is null ? text : Readable(bytes);
    }

    /// <summary>Whether the text of a token, the last one so far, can depend on the token after it beyond an incomplete character.</summary>
    internal bool MayChangeWithNext(int id) => Token(id) is string token && _parts.Decoder is not null && _parts.Decoder.IsOpen(token);

    private static string Readable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Span<char> units = stackalloc char[2];
        while (bytes.Length > 0)
        {
            bool whole = Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done;
            if (whole)
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
            }
            else
            {
                foreach (byte value in bytes[..used])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
