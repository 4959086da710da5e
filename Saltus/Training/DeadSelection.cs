using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// The largest pre-activations of each vector among the dead latents: their encoder rows are gathered, and a product over these alone is
/// chosen from as TopK chooses. Keeps its buffers while the number of dead latents stays about the same.
/// </summary>
/// <param name="parameters">What is trained.</param>
/// <param name="options">Whether negative values count as 0.</param>
internal sealed class DeadSelection(SaeParameters parameters, AuxiliaryOptions options) : IDisposable
{
    private readonly CandidateEncoder _encode = new();
    private readonly RowCut _cut = new();
    private readonly List<int> _dead = [];
    private readonly SparseActivations _candidates = new(0);
    private Matrix _weights = new(0, 0);
    private float[] _bias = [];
    private float[] _floors = [];
    private float[] _factors = [];
    private float[] _chosen = [];
    private int[] _counts = [];

    /// <summary>Gets what was chosen: latents of the whole SAE, values π.</summary>
    public SparseActivations Entries { get; } = new(parameters.Latents);

    /// <summary>Gets or sets whether to screen in 8-bit integers.</summary>
    public ScreenMode Screening
    {
        get => _encode.Screening;
        set => _encode.Screening = value;
    }

    /// <summary>Looks up the dead.</summary>
    /// <param name="silence">Who fired when.</param>
    /// <returns>How many there are.</returns>
    public int FindDead(LatentSilence silence)
    {
        _dead.Clear();
        for (int latent = 0; latent < parameters.Latents; latent++)
        {
            if (silence.IsDead(latent))
            {
                _dead.Add(latent);
            }
        }

        return _dead.Count;
    }

    /// <summary>Chooses on every row.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="centred">Encoder inputs, [B, d].</param>
    /// <param name="k">How many a row, at most the number of dead latents.</param>
    /// <param name="rankFactors">Of all latents, [M]; empty for 1.</param>
    public void Choose(WorkTeam team, Matrix centred, int k, ReadOnlyMemory<float> rankFactors)
    {
        Gather(rankFactors.Span);
        Matrix weights = _weights.LeadingRows(_dead.Count);
        _candidates.Latents = _dead.Count;
        ReadOnlyMemory<float> bias = _bias.AsMemory(0, _dead.Count);
        Memory<float> floors = _floors.AsMemory(0, _dead.Count);
        ReadOnlyMemory<float> factors = rankFactors.IsEmpty ? default : _factors.AsMemory(0, _dead.Count);
        _cut.Floors(floors.Span, factors, options.Rectifies);
        if (float.IsNaN(_cut.Guess))
        {
            _encode.EncodeSample(team, centred, weights, bias, floors, _candidates);
            _cut.Sample(team, _candidates, k, factors, options.Rectifies);
            _candidates.Release();
            _cut.Floors(floors.Span, factors, options.Rectifies);
        }

        _encode.Encode(team, centred, weights, bias, floors, _candidates);
        while (true)
        {
            if (_chosen.Length < _candidates.Count)
            {
                _chosen = new float[_candidates.Count + (_candidates.Count / 4)];
            }

            ReadOnlySpan<int> rows = _cut.Select(team, _candidates, _chosen, k, factors, options.Rectifies, floors.Span);
            if (rows.IsEmpty)
            {
                break;
            }

            _encode.EncodeAgain(team, centred, weights, bias, floors, rows, _candidates);
        }

        Collect(centred.Rows);
    }

    /// <summary>Puts its memory onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    public void AddState(TrainingState state) => _cut.AddState(state, "auxiliary.guess");

    /// <inheritdoc/>
    public void Dispose()
    {
        _encode.Dispose();
        _weights.Dispose();
    }

    private void Gather(ReadOnlySpan<float> rankFactors)
    {
        if (_weights.Rows < _dead.Count)
        {
            _weights.Dispose();
            _weights = new Matrix(Math.Min(parameters.Latents, _dead.Count + (_dead.Count / 4)), parameters.Width);
            _bias = new float[_weights.Rows];
            _floors = new float[_weights.Rows];
            _factors = new float[_weights.Rows];
        }

        for (int i = 0; i < _dead.Count; i++)
        {
            parameters.EncoderWeights.Row(_dead[i]).CopyTo(_weights.Row(i));
            _bias[i] = parameters.EncoderBias[_dead[i]];
            if (!rankFactors.IsEmpty)
            {
                _factors[i] = rankFactors[_dead[i]];
            }
        }
    }

    private void Collect(int rows)
    {
        if (_counts.Length < rows)
        {
            _counts = new int[rows];
        }

        ReadOnlySpan<int> starts = _candidates.RowStart;
        for (int row = 0; row < rows; row++)
        {
            _counts[row] = 0;
            foreach (float value in _chosen.AsSpan(starts[row], starts[row + 1] - starts[row]))
            {
                _counts[row] += value != 0 ? 1 : 0;
            }
        }

        Entries.Shape(_counts.AsSpan(0, rows));
        Span<int> latents = Entries.MutableLatent;
        Span<float> values = Entries.Value;
        int next = 0;
        for (int at = 0; at < _candidates.Count; at++)
        {
            if (_chosen[at] != 0)
            {
                latents[next] = _dead[_candidates.Latent[at]];
                values[next++] = _chosen[at];
            }
        }
    }
}
