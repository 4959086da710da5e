namespace Saltus.Lm.Tokenizers;

/// <summary>A regular expression as a tree.</summary>
internal abstract record RegexNode
{
    /// <summary>One code point of a set.</summary>
    internal sealed record One(CodePointSet Set) : RegexNode;

    /// <summary>One after the other; nothing when empty.</summary>
    internal sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>The first that leads to a match.</summary>
    internal sealed record Choice(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>So many times; at most −1 is without end.</summary>
    internal sealed record Repeat(RegexNode Part, int AtLeast, int AtMost, bool Lazy) : RegexNode;

    /// <summary>The first way to match, never another.</summary>
    internal sealed record Atomic(RegexNode Part) : RegexNode;

    /// <summary>Whether something follows, or stands before, without taking it.</summary>
    internal sealed record Look(RegexNode Part, bool Behind, bool Negative) : RegexNode;

    /// <summary>A place: A z Z ^ $ b B.</summary>
    internal sealed record Place(char Kind) : RegexNode;

    /// <summary>Fewest and most code points that a match has; −1 is without end.</summary>
    public (int Least, int Most) Length()
    {
        switch (this)
        {
            case One:
                return (1, 1);
            case Sequence sequence:
                (int Least, int Most) sum = (0, 0);
                foreach ((int least, int most) in sequence.Parts.Select(part => part.Length()))
                {
                    sum = (sum.Least + least, sum.Most < 0 || most < 0 ? -1 : sum.Most + most);
                }

                return sum;
            case Choice choice:
                (int Least, int Most)[] parts = [.. choice.Parts.Select(part => part.Length())];
                return (parts.Min(part => part.Least), parts.Any(part => part.Most < 0) ? -1 : parts.Max(part => part.Most));
            case Repeat repeat:
                (int leastOnce, int mostOnce) = repeat.Part.Length();
                return (leastOnce * repeat.AtLeast, repeat.AtMost < 0 || mostOnce < 0 ? -1 : mostOnce * repeat.AtMost);
            case Atomic atomic:
                return atomic.Part.Length();
            default:
                return (0, 0);
        }
    }
}
