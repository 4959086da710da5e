using System.Globalization;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Decompositions, compositions, combining classes and marks of Unicode 9.0, read on first use from the resource that
/// UnicodeNormalization.py writes. .NET's own normalization does nothing under the invariant culture, and follows a later Unicode.
/// </summary>
internal sealed class UnicodeTables
{
    private const int HangulFirst = 0xAC00;
    private const int LeadFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int TailBefore = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;
    private const int HangulCount = Leads * Vowels * Tails;

    private static readonly Lazy<UnicodeTables> s_instance = new(() => new UnicodeTables());

    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<long, int> _compositions = [];
    private readonly Dictionary<int, byte> _marks = [];

    // One flag for each form: units of the basic plane that the form never touches, whatever stands beside them.
    private readonly byte[] _inert = new byte[0x10000];

    // Above the basic plane, blocks of 256 code points that no form touches.
    private readonly bool[] _plainPlanes = new bool[0x1000];

    private UnicodeTables()
    {
        using Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream("UnicodeNormalization.txt")!;
        using var reader = new StreamReader(stream);
        for (string? line = reader.ReadLine(); line is not null; line = reader.ReadLine())
        {
            string[] parts = line.Split(' ');
            int[] values = [.. parts.Skip(1).Select(part => int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            if (parts[0] == "M")
            {
                for (int codePoint = values[0]; codePoint <= values[1]; codePoint++)
                {
                    _marks[codePoint] = (byte)values[2];
                }

                continue;
            }

            (parts[0] == "K" ? _compatible : _canonical)[values[0]] = values[1..];
            if (parts[0] == "C" && values.Length == 3)
            {
                _compositions[Pair(values[1], values[2])] = values[0];
            }
        }

        FindInert();
    }

    public static UnicodeTables Instance => s_instance.Value;

    /// <summary>The canonical combining class; 0 for what does not combine.</summary>
    public int CombiningClass(int codePoint) => codePoint < 0x300 ? 0 : _marks.GetValueOrDefault(codePoint);

    /// <summary>Whether the general category was Mark.</summary>
    public bool IsMark(int codePoint) => _marks.ContainsKey(codePoint);

    /// <summary>Appends the full decomposition of a code point.</summary>
    public void Decompose(int codePoint, bool compatible, List<int> result)
    {
        if (codePoint < 0x80)
        {
            result.Add(codePoint);
        }
        else if (codePoint - HangulFirst is >= 0 and < HangulCount and int index)
        {
            result.Add(LeadFirst + (index / (Vowels * Tails)));
            result.Add(VowelFirst + (index % (Vowels * Tails) / Tails));
            if (index % Tails > 0)
            {
                result.Add(TailBefore + (index % Tails));
            }
        }
        else if (_canonical.TryGetValue(codePoint, out int[]? parts) || (compatible && _compatible.TryGetValue(codePoint, out parts)))
        {
            foreach (int part in parts)
            {
                Decompose(part, compatible, result);
            }
        }
        else
        {
            result.Add(codePoint);
        }
    }

    /// <summary>The code point that two compose to, or −1.</summary>
    public int Compose(int first, int second)
    {
        if (first - LeadFirst is >= 0 and < Leads and int lead && second - VowelFirst is >= 0 and < Vowels and int vowel)
        {
            return HangulFirst + (((lead * Vowels) + vowel) * Tails);
        }

        if (first - HangulFirst is >= 0 and < HangulCount and int syllable && syllable % Tails == 0 && second - TailBefore is > 0 and < Tails and int tail)
        {
            return first + tail;
        }

        return _compositions.TryGetValue(Pair(first, second), out int composed) ? composed : -1;
    }

    /// <summary>Whether a text is certainly its own normal form: every unit is one that the form leaves alone beside any neighbour.</summary>
    public bool IsInert(ReadOnlySpan<char> text, NormalizationForm form)
    {
        byte flag = Flag(form);
        byte[] inert = _inert;
        for (int i = 0; i < text.Length; i++)
        {
            if ((inert[text[i]] & flag) != 0)
            {
                continue;
            }

            bool astral = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (!astral || !_plainPlanes[(char.ConvertToUtf32(text[i], text[i + 1]) - 0x10000) >> 8])
            {
                return false;
            }

            i++;
        }

        return true;
    }

    private static byte Flag(NormalizationForm form) => (byte)(1 << ((form.Compatible ? 1 : 0) | (form.Composed ? 2 : 0)));

    private static long Pair(int first, int second) => ((long)first << 32) | (uint)second;

    private void FindInert()
    {
        Array.Fill(_plainPlanes, true);
        IEnumerable<int> touched = _canonical.Keys.Concat(_compatible.Keys).Concat(_marks.Keys).Concat(_compositions.Keys.Select(pair => (int)(uint)pair));
        foreach (int codePoint in touched.Where(codePoint => codePoint >= 0x10000))
        {
            _plainPlanes[(codePoint - 0x10000) >> 8] = false;
        }

        HashSet<int> seconds = [.. _compositions.Keys.Select(pair => (int)(uint)pair)];
        List<int> parts = [];
        for (int codePoint = 0; codePoint < _inert.Length; codePoint++)
        {
            // Surrogates are looked at in pairs, the long way; jamo compose with what stands before them.
            if (char.IsSurrogate((char)codePoint) || CombiningClass(codePoint) != 0)
            {
                continue;
            }

            bool second = seconds.Contains(codePoint) || codePoint is >= VowelFirst and < VowelFirst + Vowels or > TailBefore and < TailBefore + Tails;
            foreach (bool compatible in (bool[])[false, true])
            {
                parts.Clear();
                Decompose(codePoint, compatible, parts);
                bool whole = parts.Count == 1 && parts[0] == codePoint;
                _inert[codePoint] |= whole ? Flag(new NormalizationForm(compatible, false)) : (byte)0;
                bool comesBack = whole || (CombiningClass(parts[0]) == 0 && ComesBack(codePoint, parts));
                _inert[codePoint] |= comesBack && !second ? Flag(new NormalizationForm(compatible, true)) : (byte)0;
            }
        }
    }

    // Whether the parts compose to the code point again, one after the other.
    private bool ComesBack(int codePoint, List<int> parts)
    {
        int composed = parts[0];
        for (int i = 1; i < parts.Count && composed >= 0; i++)
        {
            composed = Compose(composed, parts[i]);
        }

        return composed == codePoint;
    }
}
