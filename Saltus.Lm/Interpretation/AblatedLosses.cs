using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Losses with one and the same vector in place of every counted activation. In the residual stream such a run knows a token only by
/// its position and by what came in at the positions that keep their own activation. So all windows that keep none, or keep only a
/// leading token of the same id, agree in their logits at each position: one run of the longest of them serves for all.
/// </summary>
/// <param name="model">The language model.</param>
/// <param name="site">The place.</param>
/// <param name="vector">[1, d].</param>
/// <param name="options">Batches, and whether runs are shared.</param>
internal sealed class AblatedLosses(LanguageModel model, Site site, Matrix vector, FidelityOptions options) : IDisposable
{
    private const int NothingKept = -1;

    /// <summary>Logits that are kept for sharing at most: 512 MiB.</summary>
    private const long MostSharedLogits = 1L << 27;

    private readonly Dictionary<int, SharedLogits> _shared = [];

    /// <summary>Whether windows of different lengths can agree at all: these ropes turn every position by an angle that depends on the length.</summary>
    private readonly bool _lengthsAgree = !model.Configuration.Rope.Any(rope => rope?.Kind is RopeKind.Dynamic or RopeKind.LongRope);

    /// <summary>Adds the losses of a batch to its documents.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="batch">Windows.</param>
    /// <param name="point">The batch's run halted at the site; null to make one where it is needed.</param>
    /// <param name="places">Place of each document in the sums.</param>
    /// <param name="sums">One sum a document.</param>
    public void Add(WorkTeam team, WindowBatch batch, ResumePoint? point, Dictionary<int, int> places, double[] sums)
    {
        bool[] shared = [.. batch.Windows.Select(window => CanShare(window))];
        double[][] own = shared.Contains(false) ? OwnLosses(team, batch, point, shared) : [];
        for (int i = 0; i < shared.Length; i++)
        {
            TokenWindow window = batch.Windows[i];
            double[] losses = shared[i] ? Shared(team, window).Losses(window) : own[i];
            foreach (double loss in losses)
            {
                sums[places[window.Document]] += loss;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SharedLogits logits in _shared.Values)
        {
            logits.Dispose();
        }
    }

    private bool CanShare(TokenWindow window)
    {
        bool residual = site.Kind is SiteKind.Embed or SiteKind.ResidPre or SiteKind.ResidMid or SiteKind.ResidPost;
        bool fits = (long)window.Length * model.Configuration.VocabularySize <= MostSharedLogits;
        return options.ShareAblations && residual && fits && _lengthsAgree && !window.Counted.AsSpan(1).Contains(false);
    }

    private SharedLogits Shared(WorkTeam team, TokenWindow window)
    {
        int key = window.Counted[0] ? NothingKept : window.Ids[0];
        if (!_shared.TryGetValue(key, out SharedLogits? found) || found.Length < window.Length)
        {
            found?.Dispose();
            WindowBatch single = new([window]);
            using ResumePoint point = model.RunAndKeep(team, single.Tokens, site);
            using Matrix replaced = single.Replace(point.Activation, vector);
            Matrix? final = null;
            model.RunFrom(team, point, replaced, new ModelRun { FinalNorm = (_, rows) => final = rows.Clone() });
            found = new SharedLogits(team, model, final!);
            final!.Dispose();
            _shared[key] = found;
        }

        return found;
    }

    private double[][] OwnLosses(WorkTeam team, WindowBatch batch, ResumePoint? given, bool[] skip)
    {
        ResumePoint point = given ?? model.RunAndKeep(team, batch.Tokens, site);
        double[] losses = new double[batch.Tokens.TokenCount];
        using (Matrix replaced = batch.Replace(point.Activation, vector))
        {
            model.RunFrom(team, point, replaced, new ModelRun
            {
                Logits = (tokens, firstRow, logits) => TokenLosses.Compute(team, tokens, firstRow, logits, losses),
            });
        }

        if (given is null)
        {
            point.Dispose();
        }

        return [.. batch.Windows.Select((window, i) => skip[i] ? [] : losses.AsSpan(batch.Tokens.Start(i), window.Length - 1).ToArray())];
    }
}
