using System.Globalization;
using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Reads a regular expression in Oniguruma's syntax. What is not followed exactly is refused: back references, text segments, callouts,
/// scripts, case folding beyond ASCII letters.
/// </summary>
internal sealed partial class RegexParser
{
    private readonly string _pattern;
    private int _at;
    private bool _ignoreCase;
    private bool _dotAll;

    private RegexParser(string pattern) => _pattern = pattern;

    private bool AtEnd => _at >= _pattern.Length;

    private char Current => _pattern[_at];

    /// <summary>The tree of a pattern.</summary>
    /// <exception cref="RegexSyntaxException">It is malformed or not followed here.</exception>
    public static RegexNode Parse(string pattern)
    {
        var parser = new RegexParser(pattern);
        RegexNode node = parser.ReadChoice();
        return parser.AtEnd ? node : throw Refuse("a ) without its (");
    }

    private static RegexSyntaxException Refuse(string what) => new(what);

    private RegexNode ReadChoice()
    {
        bool ignoreCase = _ignoreCase;
        bool dotAll = _dotAll;
        List<RegexNode> parts = [ReadSequence()];
        while (TryTake("|"))
        {
            parts.Add(ReadSequence());
        }

        (_ignoreCase, _dotAll) = (ignoreCase, dotAll);
        return parts.Count == 1 ? parts[0] : new RegexNode.Choice(parts);
    }

    private RegexNode ReadSequence()
    {
        List<RegexNode> parts = [];
        List<int> folded = [];
        while (!AtEnd && Current is not ('|' or ')'))
        {
            if (TryTakeOption())
            {
                // An option by itself holds to the end of the group, later alternatives included.
                parts.Add(ReadChoice());
                break;
            }

            RegexNode part = ReadQuantified(out int literal);
            folded.Add(_ignoreCase ? literal : -1);
            if (folded.Count > 1)
            {
                RefuseFoldOfTwo(folded[^2], folded[^1]);
            }

            parts.Add(part);
        }

        return parts.Count == 1 ? parts[0] : new RegexNode.Sequence(parts);
    }

    // Without regard to case ss is also ß, and st, ff, fi, fl are ligatures: one character for two, which a set cannot say.
    private static void RefuseFoldOfTwo(int first, int second)
    {
        if (((char)first, (char)second) is ('s', 's') or ('s', 't') or ('f', 'f') or ('f', 'i') or ('f', 'l'))
        {
            throw Refuse($"'{(char)first}{(char)second}' without regard to case");
        }
    }

    private RegexNode ReadQuantified(out int literal)
    {
        RegexNode part = ReadAtom(out literal);
        while (TryReadQuantifier(out int least, out int most, out bool interval))
        {
            literal = -1;
            if (part is RegexNode.Place or RegexNode.Look)
            {
                throw Refuse("a repeated place");
            }

            if (most != 1 && part.Length().Least == 0)
            {
                throw Refuse("a repeated group that can match nothing");
            }

            bool lazy = !(interval && least == most) && TryTake("?");
            bool possessive = !lazy && !interval && TryTake("+");
            part = new RegexNode.Repeat(part, least, most, lazy);
            part = possessive ? new RegexNode.Atomic(part) : part;
        }

        return part;
    }

    private bool TryReadQuantifier(out int least, out int most, out bool interval)
    {
        (least, most, interval) = (0, 0, false);
        if (AtEnd)
        {
            return false;
        }

        switch (Current)
        {
            case '?':
                (least, most) = (0, 1);
                break;
            case '*':
                (least, most) = (0, -1);
                break;
            case '+':
                (least, most) = (1, -1);
                break;
            case '{':
                return TryReadInterval(out least, out most, out interval);
            default:
                return false;
        }

        _at++;
        return true;
    }

    // {n}, {n,}, {,m}, {n,m}; anything else in braces is text.
    private bool TryReadInterval(out int least, out int most, out bool interval)
    {
        const int MaxRepeat = 1000;

        // Two numbers of five digits: looking further makes the time for a row of braces quadratic.
        const int MaxLength = 13;
        (least, most, interval) = (0, 0, true);
        int end = _pattern.IndexOf('}', _at, Math.Min(MaxLength, _pattern.Length - _at));
        if (end < 0)
        {
            return false;
        }

        string[] numbers = _pattern[(_at + 1)..end].Split(',');
        bool sound = numbers.Length is 1 or 2
            && numbers.All(number => number.All(char.IsAsciiDigit) && number.Length < 6)
            && numbers.Any(number => number.Length > 0);
        if (!sound)
        {
            return false;
        }

        least = numbers[0].Length == 0 ? 0 : int.Parse(numbers[0], CultureInfo.InvariantCulture);
        most = numbers.Length == 1 ? least : numbers[1].Length == 0 ? -1 : int.Parse(numbers[1], CultureInfo.InvariantCulture);
        if (least > MaxRepeat || most > MaxRepeat || (most >= 0 && most < least))
        {
            throw Refuse($"the repetition {_pattern[_at..(end + 1)]}");
        }

        _at = end + 1;
        return true;
    }

    private RegexNode ReadAtom(out int literal)
    {
        literal = -1;
        char unit = Current;
        switch (unit)
        {
            case '(':
                return ReadGroup();
            case '[':
                _at++;
                return new RegexNode.One(Fold(ReadSet()));
            case '.':
                _at++;
                return new RegexNode.One(_dotAll ? CodePointSet.Range(0, 0x10FFFF) : CodePointSet.Range('\n', '\n').Complement());
            case '^' or '$':
                _at++;
                return new RegexNode.Place(unit);
            case '*' or '+' or '?':
                throw Refuse($"a {unit} with nothing to repeat");
            case '\\' when _at + 1 < _pattern.Length && _pattern[_at + 1] is 'A' or 'z' or 'Z' or 'b' or 'B':
                _at += 2;
                return new RegexNode.Place(_pattern[_at - 1]);
            case '\\':
                CodePointSet set = ReadEscape(out literal);
                return new RegexNode.One(Fold(set));
            default:
                literal = ReadCodePoint();
                return new RegexNode.One(Fold(CodePointSet.Range(literal, literal)));
        }
    }

    private RegexNode ReadGroup()
    {
        (bool ignoreCase, bool dotAll) = (_ignoreCase, _dotAll);
        _at++;
        Func<RegexNode, RegexNode> wrap = static node => node;
        if (TryTake("?="))
        {
            wrap = static node => new RegexNode.Look(node, false, false);
        }
        else if (TryTake("?!"))
        {
            wrap = static node => new RegexNode.Look(node, false, true);
        }
        else if (TryTake("?<="))
        {
            wrap = static node => new RegexNode.Look(FixedLength(node), true, false);
        }
        else if (TryTake("?<!"))
        {
            wrap = static node => new RegexNode.Look(FixedLength(node), true, true);
        }
        else if (TryTake("?>"))
        {
            wrap = static node => new RegexNode.Atomic(node);
        }
        else if (TryTake("?<"))
        {
            int end = _pattern.IndexOf('>', _at);
            if (end <= _at || !_pattern.AsSpan(_at, end - _at).ToArray().All(unit => char.IsAsciiLetterOrDigit(unit) || unit == '_'))
            {
                throw Refuse("a group's name");
            }

            _at = end + 1;
        }
        else if (TryTake("?"))
        {
            ReadOptions();
            if (!TryTake(":"))
            {
                throw Refuse("a kind of group");
            }
        }

        RegexNode node = ReadChoice();
        (_ignoreCase, _dotAll) = (ignoreCase, dotAll);
        return TryTake(")") ? wrap(node) : throw Refuse("a ( without its )");
    }

    private static RegexNode FixedLength(RegexNode node) =>
        node.Length() is (int least, int most) && least == most ? node : throw Refuse("a look-behind of varying length");

    // (?i) and its like; leaves the place alone when it is a group.
    private bool TryTakeOption()
    {
        int start = _at;
        if (!TryTake("(?") || AtEnd || !(char.IsAsciiLetter(Current) || Current == '-'))
        {
            _at = start;
            return false;
        }

        (bool ignoreCase, bool dotAll) = (_ignoreCase, _dotAll);
        ReadOptions();
        if (TryTake(")"))
        {
            return true;
        }

        (_ignoreCase, _dotAll, _at) = (ignoreCase, dotAll, start);
        return false;
    }

    private void ReadOptions()
    {
        bool on = true;
        for (; !AtEnd && Current is not (':' or ')'); _at++)
        {
            switch (Current)
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm':
                    _dotAll = on;
                    break;
                default:
                    throw Refuse($"the option {Current}");
            }
        }
    }

    private int ReadCodePoint()
    {
        Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int length);
        _at += length;
        return rune.Value;
    }

    private bool TryTake(string text)
    {
        if (string.CompareOrdinal(_pattern, _at, text, 0, text.Length) != 0)
        {
            return false;
        }

        _at += text.Length;
        return true;
    }
}
