using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Writes the bytes that the tokens' characters stand for, and reads all of them together as UTF-8.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens)
    {
        List<byte> bytes = [];
        foreach (string token in tokens)
        {
            bytes.AddRange(Bytes(token));
        }

        return [Encoding.UTF8.GetString([.. bytes])];
    }

    /// <inheritdoc/>
    public override (string Text, byte[]? Bytes) Show(string token) => (token, Bytes(token));

    // A token with any character from outside the alphabet stands for itself.
    private static byte[] Bytes(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            int value = ByteAlphabet.ByteOf(token[i]);
            if (value < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }
}
