using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>Lower case, code point by code point; İ is the one that becomes two (i and a dot above).</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override AlignedText Apply(AlignedText text)
    {
        var builder = new AlignedTextBuilder(text);
        Span<char> units = stackalloc char[2];
        while (builder.Position < text.Length)
        {
            Rune.DecodeFromUtf16(text.Units[builder.Position..], out Rune rune, out _);
            if (rune.Value == 0x130)
            {
                builder.Replace("i");
                builder.Insert("\u0307");
                continue;
            }

            int count = Rune.ToLowerInvariant(rune).EncodeToUtf16(units);
            builder.Replace(units[..count]);
        }

        return builder.Done();
    }
}
