using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// A regular expression without a scanner of its own: matched over code points by trying in order and going back, as Oniguruma does, on
/// a stack that no text can overflow.
/// </summary>
internal sealed class RegexPattern : TextPattern
{
    /// <summary>Steps for one match: patterns that take more on some text would take for ever on the next.</summary>
    private const int MaxSteps = 50_000_000;

    private readonly RegexProgram.Instruction[] _program;
    private readonly string _pattern;

    /// <summary>Creates the matcher.</summary>
    /// <param name="pattern">The expression, in Oniguruma's syntax.</param>
    /// <exception cref="RegexSyntaxException">It is malformed or not followed here.</exception>
    public RegexPattern(string pattern)
    {
        _pattern = pattern;
        _program = RegexProgram.Compile(RegexParser.Parse(pattern));
    }

    /// <inheritdoc/>
    public override void FindMatches(ReadOnlySpan<char> text, List<TextMatch> matches)
    {
        int previous = 0;
        int from = 0;
        int lastEnd = -1;
        List<Frame> stack = [];
        while (from <= text.Length && Search(text, from, stack, out int start, out int end))
        {
            // Nothing, right behind the last match, is no match: the search goes on one character further.
            if (start == end && end == lastEnd)
            {
                from += from < text.Length ? LengthAt(text, from) : 1;
                continue;
            }

            if (previous != start)
            {
                matches.Add(new TextMatch(previous, start, false));
            }

            matches.Add(new TextMatch(start, end, true));
            previous = from = lastEnd = end;
        }

        if (previous != text.Length)
        {
            matches.Add(new TextMatch(previous, text.Length, false));
        }
    }

    private static int LengthAt(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static int LengthBefore(ReadOnlySpan<char> text, int at) =>
        char.IsLowSurrogate(text[at - 1]) && at > 1 && char.IsHighSurrogate(text[at - 2]) ? 2 : 1;

    private static bool Takes(CodePointSet set, ReadOnlySpan<char> text, int at, out int length)
    {
        length = 1;
        if (at >= text.Length)
        {
            return false;
        }

        int codePoint = text[at];
        if (char.IsSurrogate(text[at]))
        {
            Rune.DecodeFromUtf16(text[at..], out Rune rune, out length);
            codePoint = rune.Value;
        }

        return set.Contains(codePoint);
    }

    private bool Search(ReadOnlySpan<char> text, int from, List<Frame> stack, out int start, out int end)
    {
        int steps = 0;
        for (start = from; start <= text.Length; start += start < text.Length ? LengthAt(text, start) : 1)
        {
            end = Run(text, 0, start, stack, ref steps);
            if (end >= 0)
            {
                return true;
            }
        }

        end = -1;
        return false;
    }

    // Where the match ends that begins with an instruction at a place, or −1. The stack above its height on entry is this call's.
    private int Run(ReadOnlySpan<char> text, int instruction, int at, List<Frame> stack, ref int steps)
    {
        int floor = stack.Count;
        while (true)
        {
            if (++steps > MaxSteps)
            {
                TokenizerFormatException.Throw(
                    TokenizerError.UnsupportedPattern, $"the regular expression '{_pattern}' takes more than {MaxSteps} steps on a text: it goes back too often");
            }

            RegexProgram.Instruction current = _program[instruction];
            bool holds;
            switch (current.Operation)
            {
                case RegexProgram.Operation.Match:
                    stack.RemoveRange(floor, stack.Count - floor);
                    return at;
                case RegexProgram.Operation.One:
                    holds = Takes(current.Set!, text, at, out int length);
                    at += length;
                    instruction++;
                    break;
                case RegexProgram.Operation.Run or RegexProgram.Operation.RunForGood:
                    holds = TakeRun(text, current, instruction, ref at, stack, ref steps);
                    instruction++;
                    break;
                case RegexProgram.Operation.Split:
                    stack.Add(new Frame(current.B, at, at));
                    instruction = current.A;
                    continue;
                case RegexProgram.Operation.Jump:
                    instruction = current.A;
                    continue;
                case RegexProgram.Operation.Atomic:
                    int end = Run(text, instruction + 1, at, stack, ref steps);
                    holds = end >= 0;
                    at = end;
                    instruction = current.A;
                    break;
                case RegexProgram.Operation.LookAhead or RegexProgram.Operation.LookBehind:
                    holds = Look(text, current, instruction, at, stack, ref steps);
                    instruction = current.A;
                    break;
                default:
                    holds = IsAt((char)current.A, text, at);
                    instruction++;
                    break;
            }

            if (holds)
            {
                continue;
            }

            if (stack.Count == floor)
            {
                return -1;
            }

            // A run gives back one code point and stays on the stack while it has more to give.
            Frame frame = stack[^1];
            stack.RemoveAt(stack.Count - 1);
            at = frame.At;
            if (frame.Floor < frame.At)
            {
                at -= LengthBefore(text, at);
                if (frame.Floor < at)
                {
                    stack.Add(frame with { At = at });
                }
            }

            instruction = frame.Instruction;
        }
    }

    private static bool TakeRun(
        ReadOnlySpan<char> text, RegexProgram.Instruction run, int instruction, ref int at, List<Frame> stack, ref int steps)
    {
        int least = run.A == 0 ? at : -1;
        int taken = 0;
        while (taken != run.B && Takes(run.Set!, text, at, out int length))
        {
            at += length;
            if (++taken == run.A)
            {
                least = at;
            }
        }

        steps += taken;
        if (taken < run.A)
        {
            return false;
        }

        if (run.Operation == RegexProgram.Operation.Run && least < at)
        {
            stack.Add(new Frame(instruction + 1, at, least));
        }

        return true;
    }

    private bool Look(ReadOnlySpan<char> text, RegexProgram.Instruction look, int instruction, int at, List<Frame> stack, ref int steps)
    {
        bool room = true;
        int from = at;
        for (int i = 0; i < look.Count && look.Operation == RegexProgram.Operation.LookBehind && room; i++)
        {
            room = from > 0;
            from -= room ? LengthBefore(text, from) : 0;
        }

        bool found = room && Run(text, instruction + 1, from, stack, ref steps) >= 0;
        return found == (look.B == 0);
    }

    private static bool IsAt(char place, ReadOnlySpan<char> text, int at) => place switch
    {
        'A' => at == 0,
        'z' => at == text.Length,
        'Z' => at == text.Length || (at == text.Length - 1 && text[at] == '\n'),
        '^' => at == 0 || (text[at - 1] == '\n' && at < text.Length),
        '$' => at == text.Length || text[at] == '\n',
        'b' => IsWord(text, at, false) != IsWord(text, at, true),
        _ => IsWord(text, at, false) == IsWord(text, at, true),
    };

    private static bool IsWord(ReadOnlySpan<char> text, int at, bool before)
    {
        if (before ? at == 0 : at == text.Length)
        {
            return false;
        }

        return Takes(UnicodeProperty.Find("word")!, text, before ? at - LengthBefore(text, at) : at, out _);
    }

    private readonly record struct Frame(int Instruction, int At, int Floor);
}
