namespace Saltus.Lm.Tokenizers;

/// <summary>
/// The alphabet of byte-level tokenizers: every byte is written as one printable character. Printable Latin-1 stands for itself, the 68
/// others take U+0100, U+0101, … in ascending order of the byte.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] s_characters = Characters();
    private static readonly short[] s_bytes = Bytes();

    /// <summary>The character of each byte, by byte.</summary>
    public static ReadOnlySpan<char> OfBytes => s_characters;

    /// <summary>The byte that a character stands for, or −1.</summary>
    public static int ByteOf(char character) => character < s_bytes.Length ? s_bytes[character] : -1;

    private static char[] Characters()
    {
        char[] characters = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[value] = (char)(printable ? value : next++);
        }

        return characters;
    }

    private static short[] Bytes()
    {
        short[] bytes = new short[0x100 + 68];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
        {
            bytes[s_characters[value]] = (short)value;
        }

        return bytes;
    }
}
