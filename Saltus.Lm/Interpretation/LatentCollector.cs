using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Reports;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Gathers, in one pass over windows, what a report shows of every latent: how often and how strongly it is active, on which tokens, and
/// in which places of the text. Keeps 8 bytes for each active latent of each token until it is disposed.
/// </summary>
public sealed class LatentCollector : IDisposable
{
    private readonly LatentCollectorOptions _options;
    private readonly int _latents;
    private readonly LatentEntries _entries;
    private readonly TokenStream _stream = new();
    private InputProducts? _inputs;

    /// <summary>Creates an empty collector.</summary>
    /// <param name="latents">Number of latents, M.</param>
    /// <param name="options">How much is kept and shown.</param>
    public LatentCollector(int latents, LatentCollectorOptions options)
    {
        options.Validate();
        _latents = latents;
        _options = options;
        _entries = new LatentEntries(latents);
    }

    /// <summary>Gets the number of tokens that frequencies are counted on.</summary>
    public long Tokens => _stream.CountedTokens;

    /// <summary>Gets the sums of products with the input; null where they are not kept, or nothing was added.</summary>
    internal InputProducts? Inputs => _inputs;

    /// <summary>Gets where each latent was active; read after everything was added.</summary>
    internal LatentEntries Entries => _entries;

    /// <summary>Gets one sentence on those tokens.</summary>
    public string Note => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Tokens:N0} held-out tokens of {_stream.Documents:N0} {(_stream.Documents == 1 ? "document" : "documents")}");

    /// <summary>Adds the latents of a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="activations">Latents of, among others, the window's tokens that count, in their order.</param>
    /// <param name="firstRow">The row of the first of them.</param>
    /// <param name="x">The vectors that were encoded, as many rows as the latents have; needed for correlations only.</param>
    /// <returns>Whether it was taken: not beyond <see cref="LatentCollectorOptions.MaximumTokens"/>.</returns>
    /// <exception cref="ArgumentException">There are fewer rows than tokens, or another number of latents.</exception>
    public bool Add(TokenWindow window, SparseActivations activations, int firstRow, Matrix? x = null)
    {
        if (activations.Latents != _latents || firstRow < 0 || firstRow + window.CountedTokens > activations.Rows)
        {
            throw new ArgumentException(
                $"expected {_latents} latents and rows {firstRow} to {firstRow + window.CountedTokens}, " +
                $"got {activations.Latents} latents of {activations.Rows} rows");
        }

        if (Tokens + window.CountedTokens > _options.MaximumTokens || _stream.Length > int.MaxValue - window.Length)
        {
            return false;
        }

        if (_options.CorrelatesInputs && x is not null)
        {
            _inputs ??= new InputProducts(_latents, x.Columns);
            _inputs.Add(activations, x, firstRow, window.CountedTokens);
        }

        _entries.Add(activations, firstRow, _stream.Add(window));
        return true;
    }

    /// <summary>Makes the reports of all latents.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="sae">The SAE.</param>
    /// <param name="tokenTexts">The text of each token id as a reader should see it.</param>
    /// <param name="effects">From <see cref="LogitEffects"/>; null where the site has none.</param>
    /// <param name="describe">Title and source of a document by its index; null where there are none.</param>
    /// <param name="options">How much is shown; null for what the collector was made with.</param>
    /// <returns>One a latent, in order, scored by <see cref="TellingRule"/>.</returns>
    public IReadOnlyList<LatentReport> Build(
        WorkTeam team,
        SparseCoder sae,
        IReadOnlyList<string> tokenTexts,
        IReadOnlyList<LogitEffect>? effects,
        Func<int, (string? Title, string? Source)>? describe = null,
        LatentCollectorOptions? options = null)
    {
        LatentCollectorOptions shown = options ?? _options;
        shown.Validate();
        _entries.Turn();
        DecoderGeometry geometry = new(team, sae, shown.Neighbours);
        SnippetChooser chooser = new(_stream, tokenTexts, describe, shown);
        float[]? thresholds = ((sae as SparseAutoencoder)?.Activation as JumpReluActivation)?.Thresholds;
        LatentReport[] reports = new LatentReport[_latents];
        TellingEvidence[] evidence = new TellingEvidence[_latents];
        team.Run(_latents, latent =>
        {
            ReadOnlySpan<int> places = _entries.Tokens(latent);
            ReadOnlySpan<float> values = _entries.Values(latent);
            TokenShare tokens = TokenShare.Of(_stream, places, values, tokenTexts, shown.TopTokens);
            float max = Largest(values);
            LogitEffect? effect = effects?[latent];
            double frequency = Tokens == 0 ? 0 : (double)places.Length / Tokens;
            evidence[latent] = new TellingEvidence(places.Length, frequency, tokens, effect?.Strength);
            reports[latent] = new LatentReport
            {
                Index = latent,
                Frequency = frequency,
                MaxActivation = max,
                Threshold = thresholds?[latent],
                DecoderNorm = geometry.Norm(latent),
                EncoderDecoderCosine = geometry.EncoderCosine(latent),
                Neighbours = geometry.Neighbours(latent),
                TopTokens = tokens.Top,
                Promoted = effect?.Promoted ?? [],
                Suppressed = effect?.Suppressed ?? [],
                ActivationHistogram = max > 0 ? Histogram(values, max, shown.HistogramBins) : [],
                TopSnippets = chooser.Top(places, values),
                IntervalSnippets = max > 0 ? chooser.Intervals(places, values, max, new RandomSource(shown.Seed, $"snippets.{latent}")) : [],
            };
        });
        double[] scores = TellingRule.Score(evidence, tokenTexts);
        return [.. reports.Select((report, latent) => report with { TellingScore = scores[latent] })];
    }

    /// <inheritdoc/>
    public void Dispose() => _entries.Dispose();

    private static float Largest(ReadOnlySpan<float> values)
    {
        float max = 0;
        foreach (float value in values)
        {
            max = Math.Max(max, value);
        }

        return max;
    }

    private static HistogramBin[] Histogram(ReadOnlySpan<float> values, float max, int bins)
    {
        long[] counts = new long[bins];
        foreach (float value in values)
        {
            if (value > 0)
            {
                counts[Math.Min(bins - 1, (int)((double)value / max * bins))]++;
            }
        }

        return [.. counts.Select((count, i) => new HistogramBin((double)max * i / bins, (double)max * (i + 1) / bins, count))];
    }
}
