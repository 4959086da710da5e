using System.Globalization;
using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Reads runs of tokens &lt;0xNN&gt; as UTF-8; a run that is no UTF-8 becomes one U+FFFD a byte.</summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    private static readonly UTF8Encoding s_strict = new(false, true);

    /// <inheritdoc/>
    public override List<string> Apply(List<string> tokens)
    {
        List<string> result = new(tokens.Count);
        List<byte> run = [];
        foreach (string token in tokens)
        {
            if (ByteOf(token) is byte value)
            {
                run.Add(value);
                continue;
            }

            Flush(run, result);
            result.Add(token);
        }

        Flush(run, result);
        return result;
    }

    /// <inheritdoc/>
    public override (string Text, byte[]? Bytes) Show(string token) => (token, ByteOf(token) is byte value ? [value] : null);

    /// <inheritdoc/>
    public override bool IsOpen(string token) => ByteOf(token) is not null;

    // The digits are two in the file, but "+A" parses as well: so it does in the reference.
    private static byte? ByteOf(string token)
    {
        if (token.Length != 6 || !token.StartsWith("<0x", StringComparison.Ordinal) || token[5] != '>' || !char.IsAscii(token[3]) || !char.IsAscii(token[4]))
        {
            return null;
        }

        ReadOnlySpan<char> digits = token.AsSpan(token[3] == '+' ? 4 : 3, token[3] == '+' ? 1 : 2);
        return byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value) ? value : null;
    }

    private static void Flush(List<byte> run, List<string> result)
    {
        if (run.Count == 0)
        {
            return;
        }

        try
        {
            result.Add(s_strict.GetString([.. run]));
        }
        catch (DecoderFallbackException)
        {
            result.AddRange(Enumerable.Repeat("\uFFFD", run.Count));
        }

        run.Clear();
    }
}
