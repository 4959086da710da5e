namespace Saltus.Lm.Tokenizers;

/// <summary>A regular expression as instructions for <see cref="RegexPattern"/>.</summary>
internal sealed class RegexProgram
{
    private const int MaxInstructions = 20_000;

    private readonly List<Instruction> _instructions = [];

    private RegexProgram()
    {
    }

    /// <summary>What an instruction does.</summary>
    internal enum Operation
    {
        /// <summary>Takes one code point of the set.</summary>
        One,

        /// <summary>Takes as many of the set as there are, from A to B, giving them back one by one; −1 is without end.</summary>
        Run,

        /// <summary>The same, giving nothing back.</summary>
        RunForGood,

        /// <summary>Goes on at A, later if need be at B.</summary>
        Split,

        /// <summary>Goes on at A.</summary>
        Jump,

        /// <summary>What follows up to its Match must hold (B = 0) or not (B = 1) here; goes on at A.</summary>
        LookAhead,

        /// <summary>The same so many code points (Count) back.</summary>
        LookBehind,

        /// <summary>What follows up to its Match, the first way only; goes on at A.</summary>
        Atomic,

        /// <summary>Holds at a place, A being its letter.</summary>
        Place,

        /// <summary>The end.</summary>
        Match,
    }

    /// <summary>The program of a tree.</summary>
    /// <exception cref="RegexSyntaxException">It becomes too long.</exception>
    public static Instruction[] Compile(RegexNode node)
    {
        var program = new RegexProgram();
        program.Emit(node);
        program.Add(new Instruction(Operation.Match, 0, 0));
        return [.. program._instructions];
    }

    private int Add(Instruction instruction)
    {
        if (_instructions.Count == MaxInstructions)
        {
            throw new RegexSyntaxException("more repetitions than this program has room for");
        }

        _instructions.Add(instruction);
        return _instructions.Count - 1;
    }

    private void Emit(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.One one:
                Add(new Instruction(Operation.One, 0, 0, one.Set));
                break;
            case RegexNode.Sequence sequence:
                foreach (RegexNode part in sequence.Parts)
                {
                    Emit(part);
                }

                break;
            case RegexNode.Choice choice:
                EmitChoice(choice);
                break;
            case RegexNode.Atomic { Part: RegexNode.Repeat { Part: RegexNode.One one, Lazy: false } run }:
                Add(new Instruction(Operation.RunForGood, run.AtLeast, run.AtMost, one.Set));
                break;
            case RegexNode.Repeat { Part: RegexNode.One one, Lazy: false } run:
                Add(new Instruction(Operation.Run, run.AtLeast, run.AtMost, one.Set));
                break;
            case RegexNode.Repeat repeat:
                EmitRepeat(repeat);
                break;
            case RegexNode.Atomic atomic:
                EmitSub(Operation.Atomic, atomic.Part, 0, 0);
                break;
            case RegexNode.Look look:
                EmitSub(look.Behind ? Operation.LookBehind : Operation.LookAhead, look.Part, look.Negative ? 1 : 0, look.Part.Length().Least);
                break;
            case RegexNode.Place place:
                Add(new Instruction(Operation.Place, place.Kind, 0));
                break;
            default:
                throw new ArgumentException($"no instructions for {node}", nameof(node));
        }
    }

    private void EmitChoice(RegexNode.Choice choice)
    {
        List<int> ends = [];
        for (int i = 0; i < choice.Parts.Count; i++)
        {
            if (i == choice.Parts.Count - 1)
            {
                Emit(choice.Parts[i]);
                break;
            }

            int split = Add(default);
            Emit(choice.Parts[i]);
            ends.Add(Add(default));
            _instructions[split] = new Instruction(Operation.Split, split + 1, _instructions.Count);
        }

        foreach (int end in ends)
        {
            _instructions[end] = new Instruction(Operation.Jump, _instructions.Count, 0);
        }
    }

    private void EmitRepeat(RegexNode.Repeat repeat)
    {
        for (int i = 0; i < repeat.AtLeast; i++)
        {
            Emit(repeat.Part);
        }

        if (repeat.AtMost < 0)
        {
            int split = Add(default);
            Emit(repeat.Part);
            Add(new Instruction(Operation.Jump, split, 0));
            _instructions[split] = Prefer(split + 1, _instructions.Count, repeat.Lazy);
            return;
        }

        List<int> splits = [];
        for (int i = repeat.AtLeast; i < repeat.AtMost; i++)
        {
            splits.Add(Add(default));
            Emit(repeat.Part);
        }

        foreach (int split in splits)
        {
            _instructions[split] = Prefer(split + 1, _instructions.Count, repeat.Lazy);
        }
    }

    private static Instruction Prefer(int more, int enough, bool lazy) =>
        lazy ? new Instruction(Operation.Split, enough, more) : new Instruction(Operation.Split, more, enough);

    private void EmitSub(Operation operation, RegexNode part, int negative, int count)
    {
        int start = Add(default);
        Emit(part);
        Add(new Instruction(Operation.Match, 0, 0));
        _instructions[start] = new Instruction(operation, _instructions.Count, negative, null, count);
    }

    /// <summary>One instruction; what A, B and Count mean is said at its operation.</summary>
    internal readonly record struct Instruction(Operation Operation, int A, int B, CodePointSet? Set = null, int Count = 0);
}
