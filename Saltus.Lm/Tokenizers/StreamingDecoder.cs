using System.Runtime.InteropServices;

namespace Saltus.Lm.Tokenizers;

/// <summary>
/// Decodes tokens as they come. A token gives the text that is certain with it, or nothing while a character is incomplete: none is ever
/// split, and the parts together are what <see cref="Tokenizer.Decode"/> makes of all tokens. Not for two threads.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;

    // The tokens since the last but one place where all text was certain: what comes is decoded behind them, never as a first token.
    private readonly List<int> _window = [];
    private int _settled;

    // How much of the window's text has been given.
    private int _given;

    /// <summary>Creates a decoder at the beginning of a text.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="skipSpecial">Whether added tokens marked special are left out.</param>
    public StreamingDecoder(Tokenizer tokenizer, bool skipSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        _skipSpecial = skipSpecial;
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The text that has become certain; empty when there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is not below the vocabulary's size.</exception>
    public string Add(int id)
    {
        bool open = _tokenizer.MayChangeWithNext(id);
        _window.Add(id);
        if (open)
        {
            return "";
        }

        // A last U+FFFD may be the beginning of a character, the rest of which comes with the next token.
        string text = Decode();
        int certain = text.EndsWith('\uFFFD') ? text.Length - 1 : text.Length;
        if (certain <= _given)
        {
            return "";
        }

        string added = text[_given..certain];
        _given = certain;
        if (certain == text.Length)
        {
            _window.RemoveRange(0, _settled);
            _settled = _window.Count;
            _given = Decode().Length;
        }

        return added;
    }

    /// <summary>Ends the text.</summary>
    /// <returns>What was held back: U+FFFD for bytes that never became a character.</returns>
    public string Finish()
    {
        string text = Decode();
        string rest = text.Length > _given ? text[_given..] : "";
        _window.Clear();
        _settled = 0;
        _given = 0;
        return rest;
    }

    private string Decode() => _tokenizer.Decode(CollectionsMarshal.AsSpan(_window), _skipSpecial);
}
