using Saltus.Lm.Activations;

namespace Saltus.Lm.Interpretation;

/// <summary>Windows end to end: every token of them, also those that do not count, has a place in one long line.</summary>
internal sealed class TokenStream
{
    private readonly List<TokenWindow> _windows = [];
    private readonly List<int> _starts = [];

    /// <summary>The number of tokens in all windows.</summary>
    public int Length { get; private set; }

    /// <summary>The number of tokens that count.</summary>
    public long CountedTokens { get; private set; }

    /// <summary>The number of different documents.</summary>
    public int Documents => _windows.Select(window => window.Document).Distinct().Count();

    /// <summary>Appends a window and gives the places of its tokens that count.</summary>
    public int[] Add(TokenWindow window)
    {
        int start = Length;
        _starts.Add(start);
        _windows.Add(window);
        Length = checked(Length + window.Length);
        CountedTokens += window.CountedTokens;
        int[] places = new int[window.CountedTokens];
        int next = 0;
        for (int position = 0; position < window.Length; position++)
        {
            if (window.Counted[position])
            {
                places[next++] = start + position;
            }
        }

        return places;
    }

    /// <summary>The window that a place lies in, and the position there.</summary>
    public (TokenWindow Window, int Position) Find(int place)
    {
        int found = _starts.BinarySearch(place);
        int window = found >= 0 ? found : ~found - 1;
        return (_windows[window], place - _starts[window]);
    }

    /// <summary>The token at a place.</summary>
    public int Token(int place)
    {
        (TokenWindow window, int position) = Find(place);
        return window.Ids[position];
    }
}
