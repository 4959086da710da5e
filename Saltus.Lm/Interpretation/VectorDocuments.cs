using Saltus.Evaluation;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// Sums of each document of vectors that come in any order. The deviation that FVU needs is taken about the mean of the set, which each
/// document knows only through its own sums; without them the interval of FVU is left out.
/// </summary>
internal sealed class VectorDocuments
{
    private readonly Dictionary<int, int> _places = [];
    private readonly List<double> _tokens = [];
    private readonly List<double> _active = [];
    private readonly List<double> _errorSquared = [];
    private readonly List<double> _cosine = [];
    private readonly List<double> _outputSquared = [];
    private readonly List<double> _product = [];

    /// <summary>Gets the number of documents; 0 where vectors come without them.</summary>
    public int Count => _tokens.Count;

    /// <summary>Adds vectors.</summary>
    /// <param name="documents">The document of each; below 0 where it is not known.</param>
    /// <param name="measures">Their measures.</param>
    public void Add(ReadOnlySpan<int> documents, ReadOnlySpan<VectorMeasures> measures)
    {
        for (int row = 0; row < measures.Length; row++)
        {
            if (documents[row] < 0)
            {
                continue;
            }

            if (!_places.TryGetValue(documents[row], out int place))
            {
                place = _places[documents[row]] = _tokens.Count;
                foreach (List<double> sums in new[] { _tokens, _active, _errorSquared, _cosine, _outputSquared, _product })
                {
                    sums.Add(0);
                }
            }

            VectorMeasures vector = measures[row];
            _tokens[place]++;
            _active[place] += vector.Active;
            _errorSquared[place] += vector.ErrorSquared;
            _cosine[place] += vector.Cosine;
            _outputSquared[place] += vector.OutputSquared;
            _product[place] += vector.Product;
        }
    }

    /// <summary>Computes the intervals over documents.</summary>
    /// <param name="options">Of the resampling.</param>
    /// <returns>Those that there are without a language model.</returns>
    public EvaluationIntervals Intervals(BootstrapOptions options) => new()
    {
        L0 = Ratio(_active, _tokens, options),
        MeanSquaredError = Ratio(_errorSquared, _tokens, options),
        Cosine = Ratio(_cosine, _tokens, options),
        RelativeReconstructionBias = Ratio(_outputSquared, _product, options),
    };

    private static Reports.ConfidenceInterval? Ratio(List<double> numerators, List<double> denominators, BootstrapOptions options) =>
        Bootstrap.RatioOfSums([.. numerators], [.. denominators], options);
}
