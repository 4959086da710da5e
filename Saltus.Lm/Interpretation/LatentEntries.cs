using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Where each latent was active and how strongly. Filled vector by vector, then turned once so that the entries of a latent lie together
/// in ascending order of tokens.
/// </summary>
/// <param name="latents">M.</param>
internal sealed class LatentEntries(int latents) : IDisposable
{
    private readonly List<(int[] Latent, int[] Token, float[] Value)> _chunks = [];
    private readonly long[] _counts = new long[latents];
    private long[]? _start;
    private AlignedBuffer<int>? _tokens;
    private AlignedBuffer<float>? _values;

    public void Add(SparseActivations activations, int firstRow, ReadOnlySpan<int> tokensOfRows)
    {
        if (_start is not null)
        {
            throw new InvalidOperationException("the entries were read already");
        }

        int first = activations.RowStart[firstRow];
        int count = activations.RowStart[firstRow + tokensOfRows.Length] - first;
        int[] latent = activations.Latent.Slice(first, count).ToArray();
        int[] token = new int[count];
        float[] value = activations.Value.Slice(first, count).ToArray();
        int next = 0;
        for (int i = 0; i < tokensOfRows.Length; i++)
        {
            int active = activations.LatentsOf(firstRow + i).Length;
            token.AsSpan(next, active).Fill(tokensOfRows[i]);
            next += active;
        }

        for (int i = 0; i < count; i++)
        {
            _counts[latent[i]] += value[i] != 0 ? 1 : 0;
        }

        _chunks.Add((latent, token, value));
    }

    public int Count(int latent) => checked((int)_counts[latent]);

    /// <summary>Places in the token stream at which a latent is active, ascending.</summary>
    public ReadOnlySpan<int> Tokens(int latent)
    {
        Turn();
        return _tokens!.Slice(_start![latent], Count(latent));
    }

    /// <summary>The activations beside <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<float> Values(int latent)
    {
        Turn();
        return _values!.Slice(_start![latent], Count(latent));
    }

    /// <summary>Turns the entries; to be called once before several threads read.</summary>
    public void Turn()
    {
        if (_start is not null)
        {
            return;
        }

        long[] start = new long[latents];
        long total = 0;
        for (int i = 0; i < latents; i++)
        {
            start[i] = total;
            total += _counts[i];
        }

        _tokens = new AlignedBuffer<int>(total);
        _values = new AlignedBuffer<float>(total);
        long[] next = (long[])start.Clone();
        foreach ((int[] latent, int[] token, float[] value) in _chunks)
        {
            for (int i = 0; i < latent.Length; i++)
            {
                if (value[i] != 0)
                {
                    long place = next[latent[i]]++;
                    _tokens.Slice(place, 1)[0] = token[i];
                    _values.Slice(place, 1)[0] = value[i];
                }
            }
        }

        _chunks.Clear();
        _start = start;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens?.Dispose();
        _values?.Dispose();
    }
}
