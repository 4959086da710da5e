using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>What some latents do on a text: their activation on each of its counted tokens, from which means and other tokens' values are taken.</summary>
public sealed class ReferenceLatents
{
    private readonly Dictionary<int, Dictionary<int, float>> _values = [];

    private ReferenceLatents(IEnumerable<int> latents)
    {
        foreach (int latent in latents)
        {
            _values.TryAdd(latent, []);
        }
    }

    /// <summary>Gets the number of counted tokens.</summary>
    public int Tokens { get; private set; }

    /// <summary>Reads a text.</summary>
    /// <param name="team">Threads; results do not depend on their number.</param>
    /// <param name="placed">The SAE in its model.</param>
    /// <param name="windows">The text.</param>
    /// <param name="latents">Which latents are of interest.</param>
    /// <param name="batchTokens">Tokens that the model reads together.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>Their activations.</returns>
    /// <exception cref="InputException">The text has no counted token.</exception>
    public static ReferenceLatents Measure(
        WorkTeam team,
        PlacedSae placed,
        IEnumerable<TokenWindow> windows,
        IReadOnlyList<int> latents,
        int batchTokens = InterventionEvaluation.DefaultBatchTokens,
        CancellationToken cancellation = default)
    {
        ReferenceLatents result = new(latents);
        foreach (WindowBatch batch in WindowBatch.Split(windows, batchTokens))
        {
            cancellation.ThrowIfCancellationRequested();
            Matrix? vectors = null;
            Tap tap = new(placed.Site, (_, activation) => vectors = WindowBatch.Gather(activation, batch.CountedRows));
            placed.Model.Run(team, batch.Tokens, new ModelRun { Taps = [tap] });
            using Matrix inputs = vectors!;
            result.Add(placed.Encode(team, inputs));
        }

        return result.Tokens > 0 ? result : throw new InputException("reference text: expected at least one token that is not a special one, found none");
    }

    /// <summary>Gets the mean activation over all counted tokens, those on which the latent is silent included.</summary>
    /// <param name="latent">One of the latents that were asked for.</param>
    /// <returns>The mean.</returns>
    public double Mean(int latent) => _values[latent].Values.Sum(value => (double)value) / Tokens;

    /// <summary>Gets the largest activation; 0 for a silent latent.</summary>
    /// <param name="latent">One of the latents that were asked for.</param>
    /// <returns>The largest.</returns>
    public float Peak(int latent) => _values[latent].Values.DefaultIfEmpty(0).Max();

    /// <summary>Gets the activation on one token.</summary>
    /// <param name="latent">One of the latents that were asked for.</param>
    /// <param name="token">Which of the counted tokens, from 0.</param>
    /// <returns>The activation; 0 where it is silent.</returns>
    public float At(int latent, int token) => _values[latent].GetValueOrDefault(token);

    private void Add(SparseActivations activations)
    {
        for (int row = 0; row < activations.Rows; row++)
        {
            ReadOnlySpan<int> active = activations.LatentsOf(row);
            for (int i = 0; i < active.Length; i++)
            {
                if (_values.TryGetValue(active[i], out Dictionary<int, float>? values))
                {
                    values.Add(Tokens + row, activations.ValuesOf(row)[i]);
                }
            }
        }

        Tokens += activations.Rows;
    }
}
