using Saltus.Autoencoders;
using Saltus.Tensors;

namespace Saltus.Kernels;

/// <summary>
/// Surviving entries of one block of tokens in the order in which the product meets them: latents ascend for each token, so a stable
/// distribution by token gives compressed rows. Memory grows and stays.
/// </summary>
internal sealed class EntryList : IDisposable
{
    private AlignedBuffer<Entry> _entries = new(1024);
    private int _count;

    public void Clear() => _count = 0;

    public void Add(int token, int latent, float value)
    {
        if (_count == _entries.Length)
        {
            Grow();
        }

        _entries.Slice(_count, 1)[0] = new Entry(token, latent, value);
        _count++;
    }

    /// <summary>Counts the entries of each token.</summary>
    /// <param name="counts">[tokens of the block]; added to.</param>
    public void CountRows(Span<int> counts)
    {
        foreach (Entry entry in _entries.Slice(0, _count))
        {
            counts[entry.Token]++;
        }
    }

    /// <summary>Distributes the entries over their rows.</summary>
    /// <param name="result">Already shaped.</param>
    /// <param name="next">Where the next entry of each token goes, [tokens of the block]; moved on.</param>
    public void CopyTo(SparseActivations result, Span<int> next)
    {
        Span<int> latents = result.MutableLatent;
        Span<float> values = result.Value;
        foreach (Entry entry in _entries.Slice(0, _count))
        {
            int at = next[entry.Token]++;
            latents[at] = entry.Latent;
            values[at] = entry.Value;
        }
    }

    public void Dispose() => _entries.Dispose();

    private void Grow()
    {
        AlignedBuffer<Entry> larger = new(2 * _entries.Length);
        _entries.Span.CopyTo(larger.Slice(0, _count));
        _entries.Dispose();
        _entries = larger;
    }

    private readonly record struct Entry(int Token, int Latent, float Value);
}
