namespace Saltus.Reports;

/// <summary>Refuses a report that contradicts itself before anything is written.</summary>
internal static class ReportChecks
{
    /// <summary>Checks the whole report.</summary>
    /// <param name="report">The report.</param>
    /// <exception cref="ArgumentException">The report contradicts itself.</exception>
    public static void Check(RunReport report)
    {
        CheckBins(report.FrequencyHistogram, "the frequency histogram");
        HashSet<int> indices = [];
        foreach (LatentReport latent in report.Latents)
        {
            if (latent.Index < 0 || latent.Index >= report.Provenance.Width)
            {
                throw Wrong($"latent {latent.Index}: expected an index below the width {report.Provenance.Width}");
            }

            if (!indices.Add(latent.Index))
            {
                throw Wrong($"latent {latent.Index} is there twice: expected each index once");
            }

            CheckBins(latent.ActivationHistogram, $"the activation histogram of latent {latent.Index}");
            CheckSnippets(latent.TopSnippets, latent.Index);
            foreach (SnippetInterval interval in latent.IntervalSnippets)
            {
                CheckSnippets(interval.Snippets, latent.Index);
            }
        }
    }

    private static void CheckBins(IReadOnlyList<HistogramBin> bins, string where)
    {
        for (int i = 0; i < bins.Count; i++)
        {
            if (!(bins[i].Low < bins[i].High) || bins[i].Count < 0)
            {
                throw Wrong($"{where}, bin {i}: expected low < high and a count of at least 0, got {bins[i]}");
            }

            // Edges are often computed for each bin on its own: they may differ by rounding, not by a gap.
            if (i > 0 && Math.Abs(bins[i].Low - bins[i - 1].High) > 1e-4 * (bins[i].High - bins[i].Low))
            {
                throw Wrong($"{where}, bin {i}: expected to begin at {bins[i - 1].High}, where the last one ends, got {bins[i].Low}");
            }
        }
    }

    private static void CheckSnippets(IReadOnlyList<Snippet> snippets, int latent)
    {
        foreach (Snippet snippet in snippets)
        {
            if (snippet.Tokens.Count != snippet.Activations.Count)
            {
                throw Wrong($"a snippet of latent {latent} has {snippet.Tokens.Count} tokens and {snippet.Activations.Count} activations");
            }

            if ((uint)snippet.Focus >= (uint)snippet.Tokens.Count)
            {
                throw Wrong($"a snippet of latent {latent} has its focus at {snippet.Focus} of {snippet.Tokens.Count} tokens");
            }
        }
    }

    private static ArgumentException Wrong(string what) => new("the report contradicts itself: " + what);
}
