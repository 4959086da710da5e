using Saltus.Tensors;

namespace Saltus.Lm.Activations;

/// <summary>
/// Runs a model over the windows of a corpus, some at a time, and keeps the vectors of the positions that count, in the order of the
/// windows, at one site or several. What is computed does not depend on how windows are grouped.
/// </summary>
internal sealed class WindowActivations : IDisposable
{
    private readonly IWindowModel _model;
    private readonly TokenWindows _windows;
    private readonly HarvestOptions _options;
    private readonly IProgress<HarvestProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly Matrix[] _vectors;
    private readonly List<TokenWindow> _group = [];
    private IEnumerator<TokenWindow>? _pass;
    private TokenWindow? _ahead;
    private int _passNumber = -1;
    private int _skippedOfAhead;
    private long _done;

    public WindowActivations(
        IWindowModel model, TokenWindows windows, HarvestOptions options, IProgress<HarvestProgress>? progress, CancellationToken cancellation)
    {
        options.Validate();
        _model = model;
        _windows = windows;
        _options = options;
        _progress = progress;
        _cancellation = cancellation;

        // A group ends with the window that reaches the number of tokens.
        int rows = options.TokensAtOnce + windows.Context;
        _vectors = [.. model.Widths.Select(width => new Matrix(rows, width))];
        Documents = new int[rows];
        Positions = new int[rows];
        Tokens = new int[rows];
    }

    /// <summary>How many vectors there are in all, where that was asked for.</summary>
    public long? Total => _options.Vectors;

    /// <summary>Where to end: what was asked for, or the most that may be.</summary>
    private long End => Math.Min(Total ?? long.MaxValue, _options.MostVectors ?? long.MaxValue);

    /// <summary>Rows of the current group.</summary>
    public int Count { get; private set; }

    public int[] Documents { get; }

    public int[] Positions { get; }

    public int[] Tokens { get; }

    /// <summary>Vectors of the current group at a site: the first <see cref="Count"/> rows.</summary>
    public Matrix Vectors(int site) => _vectors[site];

    /// <summary>Computes the next group; false at the end.</summary>
    public bool Next()
    {
        Count = 0;
        _cancellation.ThrowIfCancellationRequested();
        long left = End - _done;
        _group.Clear();
        int tokens = 0;
        int skipped = _skippedOfAhead;
        long counted = -skipped;
        while (tokens < _options.TokensAtOnce && counted < left && LookAhead())
        {
            TokenWindow window = Take();
            _group.Add(window);
            tokens += window.Length;
            counted += window.CountedTokens;
        }

        if (counted <= 0)
        {
            return false;
        }

        int rows = (int)Math.Min(counted, left);
        _model.Run(_group, (site, activations) => KeepCounted(activations, _vectors[site], skipped, rows));
        KeepOrigins(skipped, rows);
        Count = rows;
        _done += rows;
        Report();
        return true;
    }

    /// <summary>Passes over vectors without running the model; the current group must be used up.</summary>
    public long Skip(long count)
    {
        Count = 0;
        long skipped = 0;
        count = Math.Min(count, End - _done);
        while (skipped < count && LookAhead())
        {
            _cancellation.ThrowIfCancellationRequested();
            int rest = _ahead!.CountedTokens - _skippedOfAhead;
            int step = (int)Math.Min(rest, count - skipped);
            skipped += step;
            _skippedOfAhead += step;
            if (step == rest)
            {
                Take();
            }
        }

        _done += skipped;
        Report();
        return skipped;
    }

    public void Dispose()
    {
        _pass?.Dispose();
        foreach (Matrix matrix in _vectors)
        {
            matrix.Dispose();
        }
    }

    private void Report() => _progress?.Report(new HarvestProgress(_done, Total, Math.Max(0, _passNumber)));

    private TokenWindow Take()
    {
        TokenWindow window = _ahead!;
        _ahead = null;
        _skippedOfAhead = 0;
        return window;
    }

    /// <summary>Makes sure that a window is at hand, from a further pass if more vectors are asked for than one pass holds.</summary>
    private bool LookAhead()
    {
        while (_ahead is null)
        {
            if (_pass is null)
            {
                if (_passNumber >= 0 && Total is null)
                {
                    return false;
                }

                _passNumber++;
                _pass = _windows.Pass(_passNumber).GetEnumerator();
            }

            if (_pass.MoveNext())
            {
                _ahead = _pass.Current.CountedTokens > 0 ? _pass.Current : null;
            }
            else
            {
                _pass.Dispose();
                _pass = null;
            }
        }

        return true;
    }

    private void KeepCounted(Matrix activations, Matrix kept, int skipped, int rows)
    {
        int start = 0;
        int at = -skipped;
        foreach (TokenWindow window in _group)
        {
            for (int i = 0; i < window.Length; i++)
            {
                if (window.Counted[i])
                {
                    if (at >= 0 && at < rows)
                    {
                        activations.Row(start + i).CopyTo(kept.Row(at));
                    }

                    at++;
                }
            }

            start += window.Length;
        }
    }

    private void KeepOrigins(int skipped, int rows)
    {
        int at = -skipped;
        foreach (TokenWindow window in _group)
        {
            for (int i = 0; i < window.Length; i++)
            {
                if (window.Counted[i])
                {
                    if (at >= 0 && at < rows)
                    {
                        (Documents[at], Positions[at], Tokens[at]) = (window.Document, window.DocumentPosition(i), window.Ids[i]);
                    }

                    at++;
                }
            }
        }
    }
}
