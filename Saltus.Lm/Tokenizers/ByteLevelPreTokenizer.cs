using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Cuts by a scanner, if any, and writes every byte of the pieces as a character of the <see cref="ByteAlphabet"/>.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, PieceScanner? scanner) : PreTokenizer
{
    /// <summary>Whether a piece that does not begin with a space is given one.</summary>
    public bool AddPrefixSpace => addPrefixSpace;

    /// <summary>What cuts, or null where earlier steps have done it.</summary>
    public PieceScanner? Scanner => scanner;

    /// <inheritdoc/>
    protected internal override void Cut(AlignedText text, List<TextPiece> result)
    {
        if (addPrefixSpace && text.Length > 0 && text.Units[0] != ' ')
        {
            text = TextChanges.Prepend(text, " ");
        }

        if (scanner is null)
        {
            result.Add(new TextPiece(ToByteAlphabet(text)));
            return;
        }

        for (int start = 0, end; start < text.Length; start = end)
        {
            end = scanner.End(text.Units, start);
            result.Add(new TextPiece(ToByteAlphabet(text.Slice(start, end))));
        }
    }

    /// <summary>The text with each byte of its UTF-8 form as one character; the bytes of a character share its place in the original.</summary>
    internal static AlignedText ToByteAlphabet(AlignedText text)
    {
        var builder = new AlignedTextBuilder(text);
        Span<byte> bytes = stackalloc byte[4];
        while (builder.Position < text.Length)
        {
            Rune.DecodeFromUtf16(text.Units[builder.Position..], out Rune rune, out _);
            int count = rune.EncodeToUtf8(bytes);
            builder.Replace([ByteAlphabet.OfBytes[bytes[0]]]);
            for (int i = 1; i < count; i++)
            {
                builder.Insert([ByteAlphabet.OfBytes[bytes[i]]]);
            }
        }

        return builder.Done();
    }
}
