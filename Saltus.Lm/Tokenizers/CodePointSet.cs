using System.Globalization;

namespace Saltus.Lm.Tokenizers;

/// <summary>A set of code points as sorted, disjoint ranges [first, last]; ASCII is looked up by bit.</summary>
internal sealed class CodePointSet
{
    private const int Limit = 0x110000;

    private static readonly Lazy<byte[]> s_categories = new(() =>
    {
        byte[] categories = new byte[Limit];
        for (int codePoint = 0; codePoint < Limit; codePoint++)
        {
            categories[codePoint] = (byte)CharUnicodeInfo.GetUnicodeCategory(codePoint);
        }

        return categories;
    });

    private readonly int[] _ranges;
    private readonly UInt128 _ascii;

    private CodePointSet(List<int> ranges)
    {
        _ranges = [.. ranges];
        for (int codePoint = 0; codePoint < 128; codePoint++)
        {
            _ascii |= Search(codePoint) ? UInt128.One << codePoint : 0;
        }
    }

    /// <summary>Whether no member is above U+007F.</summary>
    public bool IsAscii => _ranges.Length == 0 || _ranges[^1] < 0x80;

    /// <summary>The ranges, first and last in turn.</summary>
    public ReadOnlySpan<int> Ranges => _ranges;

    public static CodePointSet Range(int first, int last) => new([first, last]);

    /// <summary>The set of what a test holds for.</summary>
    public static CodePointSet Where(Func<int, bool> test)
    {
        List<int> ranges = [];
        for (int codePoint = 0; codePoint < Limit; codePoint++)
        {
            if (!test(codePoint))
            {
                continue;
            }

            if (ranges.Count > 0 && ranges[^1] == codePoint - 1)
            {
                ranges[^1] = codePoint;
            }
            else
            {
                ranges.Add(codePoint);
                ranges.Add(codePoint);
            }
        }

        return new CodePointSet(ranges);
    }

    /// <summary>The code points of the given general categories.</summary>
    public static CodePointSet Of(params UnicodeCategory[] categories)
    {
        byte[] all = s_categories.Value;
        return Where(codePoint => Array.IndexOf(categories, (UnicodeCategory)all[codePoint]) >= 0);
    }

    public CodePointSet Union(CodePointSet other)
    {
        List<(int First, int Last)> all = [.. Pairs(), .. other.Pairs()];
        all.Sort();
        List<int> ranges = [];
        foreach ((int first, int last) in all)
        {
            if (ranges.Count > 0 && first <= ranges[^1] + 1)
            {
                ranges[^1] = Math.Max(ranges[^1], last);
            }
            else
            {
                ranges.Add(first);
                ranges.Add(last);
            }
        }

        return new CodePointSet(ranges);
    }

    public CodePointSet Complement()
    {
        List<int> ranges = [];
        int next = 0;
        foreach ((int first, int last) in Pairs())
        {
            if (first > next)
            {
                ranges.Add(next);
                ranges.Add(first - 1);
            }

            next = last + 1;
        }

        if (next < Limit)
        {
            ranges.Add(next);
            ranges.Add(Limit - 1);
        }

        return new CodePointSet(ranges);
    }

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    public bool Contains(int codePoint) => codePoint < 128 ? ((_ascii >> codePoint) & 1) != 0 : Search(codePoint);

    private IEnumerable<(int First, int Last)> Pairs()
    {
        for (int i = 0; i < _ranges.Length; i += 2)
        {
            yield return (_ranges[i], _ranges[i + 1]);
        }
    }

    private bool Search(int codePoint)
    {
        int index = Array.BinarySearch(_ranges, codePoint);
        return index >= 0 || (~index & 1) == 1;
    }
}
