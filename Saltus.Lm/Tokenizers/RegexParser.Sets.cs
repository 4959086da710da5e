using System.Globalization;

namespace Saltus.Lm.Tokenizers;

/// <content>Sets of characters: escapes, brackets, case.</content>
internal sealed partial class RegexParser
{
    private CodePointSet Fold(CodePointSet set)
    {
        if (!_ignoreCase)
        {
            return set;
        }

        // A class of everything but, or of a property, is closed under case already or is not followed.
        if (!set.IsAscii)
        {
            bool closed = set.Contains('\u017F') == set.Contains('s') && set.Contains('\u212A') == set.Contains('k')
                && Enumerable.Range('a', 26).All(letter => set.Contains(letter) == set.Contains(letter - 32))
                && !HasCasedBeyondAscii(set);
            return closed ? set : throw Refuse("letters beyond ASCII without regard to case");
        }

        CodePointSet folded = set;
        for (int letter = 'a'; letter <= 'z'; letter++)
        {
            if (!set.Contains(letter) && !set.Contains(letter - 32))
            {
                continue;
            }

            folded = folded.Union(CodePointSet.Range(letter, letter)).Union(CodePointSet.Range(letter - 32, letter - 32));
            folded = letter == 's' ? folded.Union(CodePointSet.Range(0x17F, 0x17F)) : letter == 'k' ? folded.Union(CodePointSet.Range(0x212A, 0x212A)) : folded;
        }

        return folded;
    }

    // Some but not all cased letters beyond ASCII: the other case of a member may be missing.
    private static bool HasCasedBeyondAscii(CodePointSet set)
    {
        CodePointSet cased = UnicodeProperty.Find("lu")!.Union(UnicodeProperty.Find("ll")!).Union(UnicodeProperty.Find("lt")!)
            .Intersect(CodePointSet.Range(0x80, 0x10FFFF));
        CodePointSet members = set.Intersect(cased);
        return members.Ranges.Length > 0 && !members.Ranges.SequenceEqual(cased.Ranges);
    }

    // After a backslash: a class, or one code point, which is then given in literal.
    private CodePointSet ReadEscape(out int literal)
    {
        literal = -1;
        _at++;
        if (AtEnd)
        {
            throw Refuse("a \\ at the end");
        }

        char unit = Current;
        switch (unit)
        {
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'h' or 'H':
                _at++;
                string name = char.ToLowerInvariant(unit) switch { 'd' => "nd", 's' => "space", 'w' => "word", _ => "xdigit" };
                CodePointSet set = UnicodeProperty.Find(name)!;
                return char.IsAsciiLetterUpper(unit) ? set.Complement() : set;
            case 'p' or 'P':
                _at++;
                return ReadProperty(unit == 'P');
            default:
                literal = ReadEscapedCodePoint(unit);
                return CodePointSet.Range(literal, literal);
        }
    }

    private int ReadEscapedCodePoint(char unit)
    {
        switch (unit)
        {
            case 'n' or 'r' or 't' or 'f' or 'v' or 'a' or 'e':
                _at++;
                return unit switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', 'v' => '\v', 'a' => '\a', _ => 0x1B };
            case 'x':
                _at++;
                return ReadHexadecimal();
            case 'u':
                _at++;
                return ReadDigits(4, 4);
            default:
                return char.IsAsciiLetterOrDigit(unit) ? throw Refuse($"\\{unit}") : ReadCodePoint();
        }
    }

    private int ReadHexadecimal()
    {
        if (!TryTake("{"))
        {
            // Two digits are a byte: beyond ASCII that is half a character.
            int value = ReadDigits(1, 2);
            return value < 0x80 ? value : throw Refuse("a byte beyond ASCII");
        }

        int codePoint = ReadDigits(1, 8);
        return codePoint <= 0x10FFFF && TryTake("}") ? codePoint : throw Refuse("\\x{…}");
    }

    private int ReadDigits(int least, int most)
    {
        int start = _at;
        while (!AtEnd && _at - start < most && char.IsAsciiHexDigit(Current))
        {
            _at++;
        }

        return _at - start >= least && int.TryParse(_pattern.AsSpan(start, _at - start), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Refuse("a number in hexadecimal");
    }

    private CodePointSet ReadProperty(bool negative)
    {
        int end = _pattern.IndexOf('}', _at);
        if (AtEnd || Current != '{' || end < 0)
        {
            throw Refuse("\\p without its name");
        }

        string name = _pattern[(_at + 1)..end];
        _at = end + 1;
        if (name.StartsWith('^'))
        {
            negative = !negative;
            name = name[1..];
        }

        CodePointSet set = UnicodeProperty.Find(name) ?? throw Refuse($"the property {name}");
        return negative ? set.Complement() : set;
    }

    // Behind a [ : members, ranges, sets within sets, && for what both have.
    private CodePointSet ReadSet()
    {
        bool negative = TryTake("^");
        CodePointSet? both = null;
        CodePointSet? set = null;
        bool first = true;
        while (true)
        {
            if (AtEnd)
            {
                throw Refuse("a [ without its ]");
            }

            if (Current == ']' && !first)
            {
                _at++;
                break;
            }

            if (TryTake("&&"))
            {
                both = Meet(both, set);
                set = null;
            }
            else
            {
                CodePointSet member = ReadMember();
                set = set?.Union(member) ?? member;
            }

            first = false;
        }

        CodePointSet result = Meet(both, set);
        return negative ? result.Complement() : result;
    }

    private static CodePointSet Meet(CodePointSet? both, CodePointSet? set) =>
        set is null ? throw Refuse("an empty set") : both?.Intersect(set) ?? set;

    private CodePointSet ReadMember()
    {
        if (TryTake("[:"))
        {
            bool negative = TryTake("^");
            int end = _pattern.IndexOf(":]", _at, StringComparison.Ordinal);
            string name = end < 0 ? "" : _pattern[_at..end];
            _at = end + 2;
            CodePointSet named = UnicodeProperty.Find(name == "digit" ? "nd" : name) ?? throw Refuse($"the class {name}");
            return negative ? named.Complement() : named;
        }

        if (TryTake("["))
        {
            return ReadSet();
        }

        CodePointSet set = ReadOne(out int first);
        bool range = first >= 0 && _at + 1 < _pattern.Length && Current == '-' && _pattern[_at + 1] is not (']' or '[') && _pattern[_at..(_at + 2)] != "-&";
        if (!range)
        {
            return set;
        }

        _at++;
        ReadOne(out int last);
        return last >= first ? CodePointSet.Range(first, last) : throw Refuse("a range of characters");
    }

    private CodePointSet ReadOne(out int literal)
    {
        if (Current != '\\')
        {
            literal = ReadCodePoint();
            return CodePointSet.Range(literal, literal);
        }

        if (_at + 1 < _pattern.Length && _pattern[_at + 1] == 'b')
        {
            _at += 2;
            literal = '\b';
            return CodePointSet.Range(literal, literal);
        }

        return ReadEscape(out literal);
    }
}
