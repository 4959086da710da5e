namespace Saltus.Lm.Tokenizers;

/// <summary>Turns matches of a pattern into the pieces that a behaviour asks for.</summary>
internal static class Splitting
{
    /// <summary>Rewrites <paramref name="matches"/> as the pieces to keep, in order.</summary>
    public static void Apply(SplitBehavior behavior, List<TextMatch> matches)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed:
                matches.RemoveAll(match => match.IsMatch);
                break;
            case SplitBehavior.Contiguous:
                Join(matches, static (previous, match) => previous == match);
                break;
            case SplitBehavior.MergedWithPrevious:
                Join(matches, static (previous, match) => match && !previous);
                break;
            case SplitBehavior.MergedWithNext:
                matches.Reverse();
                Join(matches, static (previous, match) => match && !previous);
                matches.Reverse();
                break;
            default:
                break;
        }
    }

    // Before the first stretch stands one that is no match.
    private static void Join(List<TextMatch> matches, Func<bool, bool, bool> joins)
    {
        bool previous = false;
        int kept = 0;
        for (int i = 0; i < matches.Count; i++)
        {
            TextMatch match = matches[i];
            if (kept > 0 && joins(previous, match.IsMatch))
            {
                TextMatch last = matches[kept - 1];
                matches[kept - 1] = new TextMatch(Math.Min(last.Start, match.Start), Math.Max(last.End, match.End), false);
            }
            else
            {
                matches[kept++] = match;
            }

            previous = match.IsMatch;
        }

        matches.RemoveRange(kept, matches.Count - kept);
    }
}
