using Saltus.Autoencoders;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Cli.Bench;

/// <summary>
/// What steps of one shape work on: weights as training starts them, and several batches of random vectors with E‖x‖² = 1, so that no
/// step meets the batch that it has just seen. Steps share the weights: their learning rate is too small to change them.
/// </summary>
internal sealed class StepData : IDisposable
{
    private const int DefaultBatches = 4;
    private const int QuantileRows = 64;

    private readonly ActivationBatch[] _batches;
    private readonly Dictionary<double, float> _cuts = [];
    private float[]? _sorted;
    private int _next;

    /// <summary>Makes the data.</summary>
    /// <param name="team">Threads of the work on them.</param>
    /// <param name="rows">B.</param>
    /// <param name="width">d.</param>
    /// <param name="latents">M.</param>
    /// <param name="batches">Batches that come round.</param>
    public StepData(WorkTeam team, int rows, int width, int latents, int batches = DefaultBatches)
    {
        Team = team;
        Parameters = new SaeParameters(latents, width);
        Initialization.Set(Parameters, 1);
        RandomSource random = new(1, "benchmark");
        float range = MathF.Sqrt(3f / width);
        _batches = new ActivationBatch[batches];
        for (int i = 0; i < batches; i++)
        {
            _batches[i] = new ActivationBatch(rows, width) { Count = rows };
            foreach (ref float value in _batches[i].Vectors.Span)
            {
                value = (float)((2 * random.NextDouble()) - 1) * range;
            }
        }
    }

    /// <summary>Gets the threads.</summary>
    public WorkTeam Team { get; }

    /// <summary>Gets the weights.</summary>
    public SaeParameters Parameters { get; }

    /// <summary>Gets B.</summary>
    public int Rows => _batches[0].Count;

    /// <summary>Gets the shapes, for people.</summary>
    public string Shape => $"[{Rows}, {Parameters.Width}] × [{Parameters.Width}, {Parameters.Latents}]";

    /// <summary>Gets the work of the encoder's product, 2BdM: what every step is held against.</summary>
    public BenchWork Product => BenchWork.Flops(2.0 * Rows * Parameters.Width * Parameters.Latents);

    /// <summary>Gets the next of the batches, round and round.</summary>
    public ActivationBatch Next() => _batches[_next++ % _batches.Length];

    /// <summary>Gets the threshold above which a vector has that many latents on average.</summary>
    /// <param name="l0">The number.</param>
    /// <returns>A quantile of the pre-activations.</returns>
    public float Cut(double l0)
    {
        if (!_cuts.TryGetValue(l0, out float cut))
        {
            float[] sorted = _sorted ??= SortedPreActivations();
            cut = sorted[(int)(sorted.Length * (1 - (l0 / Parameters.Latents)))];
            _cuts.Add(l0, cut);
        }

        return cut;
    }

    /// <summary>The product alone: the kernel of encoding, with floors that nothing reaches.</summary>
    /// <returns>The case.</returns>
    public BenchCase ProductAlone()
    {
        ThresholdEncode kernel = new();
        SparseActivations nothing = new(Parameters.Latents);
        float[] floors = new float[Parameters.Latents];
        floors.AsSpan().Fill(float.PositiveInfinity);
        return new BenchCase(
            "product",
            $"{Shape}, compared with floors in registers",
            Product,
            () => kernel.Encode(Team, Next().Vectors, Parameters.EncoderWeights, Parameters.EncoderBias, floors, nothing))
        {
            Tokens = Rows,
            Owned = [kernel],
        };
    }

    /// <summary>The product with its whole result written, as other libraries do it.</summary>
    /// <returns>The case.</returns>
    public BenchCase ProductInMemory()
    {
        Matrix result = new(Rows, Parameters.Latents);
        MatrixRows weights = new(Parameters.EncoderWeights);
        return new BenchCase(
            "product in memory", $"{Shape}, written to memory", Product, () => MatMul.Multiply(Team, Next().Vectors, weights, result))
        {
            Tokens = Rows,
            Owned = [result],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Parameters.Dispose();
        foreach (ActivationBatch batch in _batches)
        {
            batch.Dispose();
        }
    }

    private float[] SortedPreActivations()
    {
        int rows = Math.Min(QuantileRows, Rows);
        using Matrix some = Matrix.FromRows(rows, Parameters.Width, _batches[0].Vectors.RowRange(0, rows));
        using Matrix pre = new(rows, Parameters.Latents);
        MatMul.Multiply(Team, some, new MatrixRows(Parameters.EncoderWeights), pre);
        float[] sorted = pre.Span.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
