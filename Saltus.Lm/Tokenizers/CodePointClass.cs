using System.Globalization;
using System.Runtime.CompilerServices;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// The classes of code points that the published patterns use, as one byte of flags for each UTF-16 unit of the basic plane.
/// A lone surrogate has no flag, as U+FFFD, by which it is replaced, has none.
/// </summary>
internal static class CodePointClass
{
    /// <summary>\p{L}.</summary>
    public const byte Letter = 1;

    /// <summary>\p{N}.</summary>
    public const byte Number = 2;

    /// <summary>\s: the White_Space property.</summary>
    public const byte Space = 4;

    /// <summary>Carriage return or line feed.</summary>
    public const byte LineBreak = 8;

    /// <summary>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}].</summary>
    public const byte UpperWord = 16;

    /// <summary>[\p{Ll}\p{Lm}\p{Lo}\p{M}].</summary>
    public const byte LowerWord = 32;

    /// <summary>\w: Alphabetic, M, Nd, Pc, Join_Control.</summary>
    public const byte Word = 64;

    /// <summary>ASCII punctuation and \p{P}.</summary>
    public const byte Punctuation = 128;

    private static readonly byte[] s_plane = Plane();

    /// <summary>The flags of the code point that begins at <paramref name="index"/>, and how many UTF-16 units it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte At(ReadOnlySpan<char> text, int index, out int length)
    {
        char unit = text[index];
        length = 1;
        return char.IsHighSurrogate(unit) ? Astral(text, index, ref length) : s_plane[unit];
    }

    /// <summary>The flags of one code point.</summary>
    public static byte Of(int codePoint) => codePoint < 0x10000 ? s_plane[codePoint] : Compute(codePoint);

    /// <summary>The end of the run of code points from <paramref name="index"/> that have a flag of <paramref name="wanted"/>.</summary>
    public static int SkipWhile(ReadOnlySpan<char> text, int index, byte wanted)
    {
        byte[] plane = s_plane;
        while (index < text.Length)
        {
            char unit = text[index];
            if (char.IsHighSurrogate(unit))
            {
                int length = 1;
                if ((Astral(text, index, ref length) & wanted) == 0)
                {
                    break;
                }

                index += length;
            }
            else if ((plane[unit] & wanted) != 0)
            {
                index++;
            }
            else
            {
                break;
            }
        }

        return index;
    }

    /// <summary>The end of the run of code points from <paramref name="index"/> that have none of the flags <paramref name="unwanted"/>.</summary>
    public static int SkipUntil(ReadOnlySpan<char> text, int index, byte unwanted)
    {
        byte[] plane = s_plane;
        while (index < text.Length)
        {
            char unit = text[index];
            if (char.IsHighSurrogate(unit))
            {
                int length = 1;
                if ((Astral(text, index, ref length) & unwanted) != 0)
                {
                    break;
                }

                index += length;
            }
            else if ((plane[unit] & unwanted) == 0)
            {
                index++;
            }
            else
            {
                break;
            }
        }

        return index;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte Astral(ReadOnlySpan<char> text, int index, ref int length)
    {
        if (index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return Compute(char.ConvertToUtf32(text[index], text[index + 1]));
        }

        return 0;
    }

    private static byte[] Plane()
    {
        byte[] plane = new byte[0x10000];
        for (int codePoint = 0; codePoint < plane.Length; codePoint++)
        {
            plane[codePoint] = Compute(codePoint);
        }

        return plane;
    }

    private static byte Compute(int codePoint)
    {
        byte flags = CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => Letter | UpperWord | Word,
            UnicodeCategory.LowercaseLetter => Letter | LowerWord | Word,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Letter | UpperWord | LowerWord | Word,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => UpperWord | LowerWord | Word,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber => Number | Word,
            UnicodeCategory.OtherNumber => Number,
            UnicodeCategory.ConnectorPunctuation => Punctuation | Word,
            UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
                or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation => Punctuation,
            _ => 0,
        };
        if (codePoint < 0x10000 && char.IsWhiteSpace((char)codePoint))
        {
            flags |= Space;
        }

        if (codePoint is '\r' or '\n')
        {
            flags |= LineBreak;
        }

        if (codePoint < 0x80 && (char.IsPunctuation((char)codePoint) || char.IsSymbol((char)codePoint)))
        {
            flags |= Punctuation;
        }

        // Join controls, and the circled and squared letters: Alphabetic, though of no letter category.
        if (codePoint is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169)
            or (>= 0x1F170 and <= 0x1F189))
        {
            flags |= Word;
        }

        return flags;
    }
}
