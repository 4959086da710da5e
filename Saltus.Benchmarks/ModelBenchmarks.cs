using System.Diagnostics;
using System.Globalization;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

/// <summary>
/// Language models of real shapes with random weights: the forward pass against our own product in the same run, and a model that is
/// larger than the memory it may use.
/// </summary>
internal static class ModelBenchmarks
{
    private const int Repeats = 5;
    private const int ProductSize = 2048;

    /// <summary>SmolLM2-135M's shape, 4 × 512 tokens without logits, in turns with a product of 2048³.</summary>
    /// <param name="folder">Where the model is made, if it is not there.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="output">Gets the figures.</param>
    public static void Forward(string folder, int threads, TextWriter output)
    {
        const int Sequences = 4;
        const int Length = 512;
        if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            SyntheticModel.Write(folder, SyntheticModel.Smol);
        }

        using WorkTeam team = new(threads);
        using LanguageModel model = LanguageModel.Load(folder);
        TokenBatch batch = Batch(model, Sequences, Length);
        ModelRun run = new() { FinalNorm = (_, _) => { } };
        using Matrix x = Values(ProductSize, ProductSize);
        using Matrix w = Values(ProductSize, ProductSize);
        using Matrix y = new(ProductSize, ProductSize);
        MatrixRows rows = new(w);
        List<double> product = [];
        List<double> forward = [];
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            product.Add(Seconds(() => MatMul.Multiply(team, x, rows, y)));
            forward.Add(Seconds(() => model.Run(team, batch, run)));
            product.Add(Seconds(() => MatMul.Multiply(team, x, rows, y)));
        }

        double productRate = 2.0 * ProductSize * ProductSize * ProductSize / Median(product) / 1e9;
        double forwardRate = Flops(model.Configuration, Sequences, Length) / Median(forward) / 1e9;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{threads} threads: product 2048³ {productRate:F1} GFLOP/s; forward of {Sequences} × {Length} tokens {Median(forward):F3} s, {forwardRate:F1} GFLOP/s, {forwardRate / productRate:P1} of the product's rate; anonymous memory {AnonymousMiB():F0} MiB, of it {3.0 * ProductSize * ProductSize * sizeof(float) / (1 << 20):F0} MiB for the product"));
    }

    /// <summary>Gemma 2 9B's shape, 18 GB of weights, read up to layer 20.</summary>
    /// <param name="folder">Where the model is made, if it is not there; delete it afterwards.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="output">Gets the figures.</param>
    public static void LargerThanMemory(string folder, int threads, TextWriter output)
    {
        const int Layer = 20;
        const int Length = 512;
        if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            SyntheticModel.Write(folder, SyntheticModel.Gemma);
        }

        using WorkTeam team = new(threads);
        using LanguageModel model = LanguageModel.Load(folder);
        double largest = 0;
        double norm = 0;
        double seconds = Seconds(() => model.Run(team, Batch(model, 1, Length), new ModelRun
        {
            Taps =
            [
                .. Enumerable.Range(0, Layer + 1).Select(layer => new Tap(new Site(SiteKind.ResidPost, layer), (_, activation) =>
                {
                    largest = Math.Max(largest, AnonymousMiB());
                    norm = Math.Sqrt(Reductions.SumOfSquaresInDouble(activation.Span) / activation.Rows);
                })),
            ],
        }));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{threads} threads: {Length} tokens to resid_post of layer {Layer} in {seconds:F1} s, root mean square norm there {norm:F1}; anonymous memory at most {largest:F0} MiB"));
    }

    private static TokenBatch Batch(LanguageModel model, int sequences, int length)
    {
        RandomSource random = new(1, "tokens");
        return new TokenBatch(
            [.. Enumerable.Range(0, sequences).Select(_ => Enumerable.Range(0, length).Select(_ => random.NextInt(model.Configuration.VocabularySize)).ToArray())]);
    }

    /// <summary>2 · weights of the blocks · tokens + 4 · T² · heads · head width · layers a sequence.</summary>
    private static double Flops(ModelConfiguration model, int sequences, int length)
    {
        double queries = (double)model.Heads * model.HeadWidth;
        double keys = (double)model.KeyValueHeads * model.HeadWidth;
        double weights = model.Width * ((2 * queries) + (2 * keys) + (3.0 * model.MlpWidth));
        return sequences * model.Layers * ((2 * weights * length) + (4.0 * length * length * queries));
    }

    private static Matrix Values(int rows, int columns)
    {
        RandomSource random = new(2, "values");
        Matrix matrix = new(rows, columns);
        foreach (ref float value in matrix.Span)
        {
            value = (float)(random.NextDouble() - 0.5);
        }

        return matrix;
    }

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>The first run warms up and does not count.</summary>
    private static double Median(List<double> seconds)
    {
        double[] sorted = [.. seconds.Skip(1).Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Memory that is not a file's, in MiB: RssAnon of /proc/self/status, where there is such a file.</summary>
    private static double AnonymousMiB()
    {
        const string Status = "/proc/self/status";
        string? line = File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)) : null;
        return line is null ? double.NaN : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
