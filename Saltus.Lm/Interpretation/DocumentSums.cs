using Saltus.Evaluation;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Lm.Interpretation;

/// <summary>The sums of each document: what intervals over documents are made from.</summary>
/// <param name="width">d.</param>
/// <param name="documents">Number of documents.</param>
/// <param name="first">The sums of another SAE on the same vectors: what does not depend on the SAE is kept there alone; null for none.</param>
internal sealed class DocumentSums(int width, int documents, DocumentSums? first = null)
{
    /// <summary>Σx of every document is kept for the interval of FVU; beyond 128 MiB of them there is no such interval.</summary>
    private const long MostVectorSums = 1L << 24;

    private readonly double[]? _vectors = first is not null ? first._vectors : (long)width * documents <= MostVectorSums ? new double[width * documents] : null;

    public double[] Tokens { get; } = first?.Tokens ?? new double[documents];

    public double[] Active { get; } = new double[documents];

    public double[] ErrorSquared { get; } = new double[documents];

    public double[] InputSquared { get; } = first?.InputSquared ?? new double[documents];

    public double[] OutputSquared { get; } = new double[documents];

    public double[] Product { get; } = new double[documents];

    public double[] Cosine { get; } = new double[documents];

    public double[] Targets { get; } = first?.Targets ?? new double[documents];

    public double[] Clean { get; } = first?.Clean ?? new double[documents];

    public double[] Spliced { get; } = new double[documents];

    public double[] Zero { get; } = first?.Zero ?? new double[documents];

    public double[] Mean { get; } = first?.Mean ?? new double[documents];

    public double[] Kl { get; } = new double[documents];

    /// <summary>Puts every sum onto the list of what a checkpoint holds.</summary>
    public void AddState(TrainingState state)
    {
        state.Add("documents.active", Active);
        state.Add("documents.error_squared", ErrorSquared);
        state.Add("documents.output_squared", OutputSquared);
        state.Add("documents.product", Product);
        state.Add("documents.cosine", Cosine);
        state.Add("documents.spliced", Spliced);
        state.Add("documents.kl", Kl);
        if (first is null)
        {
            state.Add("documents.tokens", Tokens);
            state.Add("documents.input_squared", InputSquared);
            state.Add("documents.targets", Targets);
            state.Add("documents.clean", Clean);
            state.Add("documents.zero", Zero);
            state.Add("documents.mean", Mean);
            state.Add("documents.vectors", _vectors);
        }
    }

    public void Add(int document, in VectorMeasures vector, ReadOnlySpan<float> x)
    {
        Active[document] += vector.Active;
        ErrorSquared[document] += vector.ErrorSquared;
        OutputSquared[document] += vector.OutputSquared;
        Product[document] += vector.Product;
        Cosine[document] += vector.Cosine;
        if (first is not null)
        {
            return;
        }

        Tokens[document]++;
        InputSquared[document] += vector.InputSquared;
        if (_vectors is not null)
        {
            Span<double> sum = _vectors.AsSpan(document * width, width);
            for (int j = 0; j < x.Length; j++)
            {
                sum[j] += x[j];
            }
        }
    }

    public EvaluationIntervals Intervals(ReadOnlySpan<double> mean, BootstrapOptions options) => new()
    {
        L0 = Bootstrap.RatioOfSums(Active, Tokens, options),
        Fvu = Deviations(mean) is { } deviations ? Bootstrap.RatioOfSums(ErrorSquared, deviations, options) : null,
        MeanSquaredError = Bootstrap.RatioOfSums(ErrorSquared, Tokens, options),
        Cosine = Bootstrap.RatioOfSums(Cosine, Tokens, options),
        RelativeReconstructionBias = Bootstrap.RatioOfSums(OutputSquared, Product, options),
        DeltaLoss = Bootstrap.RatioOfSums(Difference(Spliced, Clean), Targets, options),
        LossRecovered = Bootstrap.RatioOfSums(Difference(Zero, Spliced), Difference(Zero, Clean), options),
        Kl = Bootstrap.RatioOfSums(Kl, Targets, options),
    };

    public LossMeasures Losses()
    {
        double targets = Sum(Targets);
        return new LossMeasures(Sum(Clean) / targets, Sum(Spliced) / targets, Sum(Zero) / targets, Sum(Mean) / targets);
    }

    public double MeanKl() => Sum(Kl) / Sum(Targets);

    private static double[] Difference(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x - y)];

    private static double Sum(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>Σ‖x − mean‖² of each document, from its Σ‖x‖² and Σx.</summary>
    private double[]? Deviations(ReadOnlySpan<double> mean)
    {
        if (_vectors is null)
        {
            return null;
        }

        double[] result = new double[Tokens.Length];
        for (int document = 0; document < result.Length; document++)
        {
            double deviation = InputSquared[document];
            for (int j = 0; j < mean.Length; j++)
            {
                deviation += mean[j] * ((Tokens[document] * mean[j]) - (2 * _vectors[(document * width) + j]));
            }

            result[document] = deviation;
        }

        return result;
    }
}
