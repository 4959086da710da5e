using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Lm.Activations;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Changes some latents of an SAE in a language model's activation: x′ = x + (f′ − f)·W_dec. The SAE's error x − x̂ stays in x, so that
/// nothing changes where f′ = f. Without the error term x′ is what the SAE makes of f′ alone.
/// </summary>
public sealed class LatentIntervention
{
    private readonly PlacedSae _placed;
    private readonly SparseCoder _sae;
    private readonly int[] _latents;
    private readonly LatentRule _rule;

    /// <summary>Describes an intervention.</summary>
    /// <param name="placed">The SAE in its model.</param>
    /// <param name="latents">The latents that it changes.</param>
    /// <param name="rule">How.</param>
    /// <exception cref="ArgumentOutOfRangeException">The SAE has no such latent.</exception>
    public LatentIntervention(PlacedSae placed, IReadOnlyList<int> latents, LatentRule rule)
    {
        ArgumentNullException.ThrowIfNull(placed);
        ArgumentNullException.ThrowIfNull(latents);
        ArgumentNullException.ThrowIfNull(rule);
        foreach (int latent in latents)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(latent);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(latent, placed.Sae.Latents);
        }

        _placed = placed;
        _sae = placed.Sae;
        _latents = [.. latents.Distinct().Order()];
        _rule = rule;
    }

    /// <summary>Gets whether what the SAE does not explain stays; without it the edited reconstruction stands in the activation's place.</summary>
    public bool KeepsError { get; init; } = true;

    /// <summary>Gets the edits of a run or of generation that make the intervention; places are positions.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="counted">Which positions are changed.</param>
    /// <returns>The edits, for one run at a time.</returns>
    public IReadOnlyList<Edit> Edits(WorkTeam team, CountedTokens counted)
    {
        Matrix? inputs = null;
        Edit read = new(_placed.Site, (batch, activation) => inputs = WindowBatch.Gather(activation, counted.Rows(batch)));
        Edit write = new(_placed.Target, (batch, activation) =>
        {
            int[] rows = counted.Rows(batch);
            using Matrix vectors = inputs!;
            using Matrix changed = WindowBatch.Gather(activation, rows);
            Apply(team, vectors, _placed.Encode(team, vectors), changed, [.. rows.Select(row => (long)batch.PositionOf(row))]);
            for (int i = 0; i < rows.Length; i++)
            {
                changed.Row(i).CopyTo(activation.Row(rows[i]));
            }
        });
        return [read, write];
    }

    /// <summary>Makes the intervention on vectors.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="inputs">What was encoded, [rows, d].</param>
    /// <param name="activations">Its latents; not changed.</param>
    /// <param name="outputs">The activations, [rows, d_out]; changed in place.</param>
    /// <param name="places">Which vectors these are, for the rule, [rows].</param>
    internal void Apply(WorkTeam team, Matrix inputs, SparseActivations activations, Matrix outputs, ReadOnlySpan<long> places)
    {
        if (KeepsError)
        {
            AddDifferences(inputs, activations, outputs, places);
        }
        else if (outputs.Rows > 0)
        {
            _sae.Reconstruct(team, inputs, Changed(activations, places), outputs);
        }
    }

    private void AddDifferences(Matrix inputs, SparseActivations activations, Matrix outputs, ReadOnlySpan<long> places)
    {
        for (int row = 0; row < outputs.Rows; row++)
        {
            ReadOnlySpan<int> active = activations.LatentsOf(row);
            double? scale = null;
            foreach (int latent in _latents)
            {
                int at = active.BinarySearch(latent);
                float value = at < 0 ? 0 : activations.ValuesOf(row)[at];
                float changed = _rule(latent, value, places[row]);
                if (changed != value)
                {
                    scale ??= _sae.OutputScale(inputs.Row(row));
                    Axpy.Add((float)(scale.Value * (changed - value)), _sae.DecoderWeights.Row(latent), outputs.Row(row));
                }
            }
        }
    }

    /// <summary>The same latents with f′ in the place of f; those that become 0 are left out.</summary>
    private SparseActivations Changed(SparseActivations activations, ReadOnlySpan<long> places)
    {
        SortedDictionary<int, float>[] rows = new SortedDictionary<int, float>[activations.Rows];
        for (int row = 0; row < rows.Length; row++)
        {
            ReadOnlySpan<int> active = activations.LatentsOf(row);
            SortedDictionary<int, float> values = [];
            for (int i = 0; i < active.Length; i++)
            {
                values.Add(active[i], activations.ValuesOf(row)[i]);
            }

            foreach (int latent in _latents)
            {
                float changed = _rule(latent, values.GetValueOrDefault(latent), places[row]);
                values.Remove(latent);
                if (changed != 0)
                {
                    values.Add(latent, changed);
                }
            }

            rows[row] = values;
        }

        SparseActivations result = new(activations.Latents);
        result.Shape(Array.ConvertAll(rows, row => row.Count));
        for (int row = 0; row < rows.Length; row++)
        {
            int next = 0;
            foreach ((int latent, float value) in rows[row])
            {
                result.MutableLatentsOf(row)[next] = latent;
                result.ValuesOf(row)[next++] = value;
            }
        }

        return result;
    }
}
