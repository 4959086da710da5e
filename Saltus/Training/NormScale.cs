using Saltus.Formats;

namespace Saltus.Training;

/// <summary>
/// The scalar that training divides by so that the mean squared norm is 1, C = √(mean ‖x‖²), and the mean vector, from the first
/// vectors of a source. Sums run in double, vector after vector, so the result depends on neither threads nor batch sizes.
/// </summary>
/// <param name="Scale">C, above 0.</param>
/// <param name="Mean">Mean vector, [d].</param>
/// <param name="Vectors">How many vectors it was computed from.</param>
public sealed record NormScale(double Scale, IReadOnlyList<double> Mean, long Vectors)
{
    private const int RowsAtOnce = 1024;

    /// <summary>Gets the mean square of each column, [d].</summary>
    public IReadOnlyList<double> Squares { get; init; } = [];

    /// <summary>Gets the share of E‖x‖² that is variance about the mean: E‖x − E x‖² / C².</summary>
    public double VarianceShare => 1 - (Mean.Sum(value => value * value) / (Scale * Scale));

    /// <summary>Computes the estimate from vectors at hand.</summary>
    /// <param name="batches">Their valid rows are used, in order.</param>
    /// <returns>The estimate.</returns>
    /// <exception cref="InputException">There are no vectors, or all are zero, or a value is not finite.</exception>
    public static NormScale Of(IReadOnlyCollection<ActivationBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        if (batches.Count == 0)
        {
            throw NoVectors();
        }

        NormScaleSum sum = new(batches.First().Vectors.Columns);
        foreach (ActivationBatch batch in batches)
        {
            for (int row = 0; row < batch.Count; row++)
            {
                sum.Add(batch.Vectors.Row(row));
            }
        }

        return sum.Result();
    }

    /// <summary>Computes the estimate, using up the vectors.</summary>
    /// <param name="source">Read from where it stands.</param>
    /// <param name="vectors">How many to use; fewer where the source ends before.</param>
    /// <returns>The estimate.</returns>
    /// <exception cref="InputException">The source has no vectors, or all are zero, or a value is not finite.</exception>
    public static NormScale Estimate(IActivationSource source, long vectors)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vectors);
        NormScaleSum sum = new(source.Width);
        long left = vectors;
        while (left > 0)
        {
            using ActivationBatch batch = new((int)Math.Min(RowsAtOnce, left), source.Width);
            source.Read(batch);
            for (int row = 0; row < batch.Count; row++)
            {
                sum.Add(batch.Vectors.Row(row));
            }

            left = batch.Count == 0 ? 0 : left - batch.Count;
        }

        return sum.Result();
    }

    /// <summary>Takes the estimate of a run's beginning from its checkpoint.</summary>
    /// <param name="checkpoint">The file; its checksum holds.</param>
    internal static NormScale ReadFrom(SafetensorsFile checkpoint) => new(
        checkpoint.ReadFloat64("scale.norm")[0], checkpoint.ReadFloat64("scale.mean"), checkpoint.ReadInt64("scale.vectors")[0])
    {
        Squares = checkpoint.ReadFloat64("scale.squares"),
    };

    /// <summary>Sums the mean squares of some columns.</summary>
    /// <param name="first">The first column.</param>
    /// <param name="count">How many.</param>
    /// <returns>The mean squared norm of that part of the vectors.</returns>
    /// <exception cref="InputException">The part is zero throughout.</exception>
    internal double SquaresOf(int first, int count)
    {
        double sum = 0;
        for (int column = first; column < first + count; column++)
        {
            sum += Squares[column];
        }

        return sum > 0 ? sum : throw new InputException($"the first {Vectors} activation vectors: expected columns {first} to {first + count - 1} not all zero, found only zeros");
    }

    /// <summary>Puts the estimate onto the list of what a checkpoint holds.</summary>
    /// <param name="state">The list.</param>
    internal void AddState(TrainingState state)
    {
        state.AddSettled("scale.norm", [Scale]);
        state.AddSettled("scale.mean", [.. Mean]);
        state.AddSettled("scale.squares", [.. Squares]);
        state.AddCount("scale.vectors", () => Vectors, _ => { });
    }

    internal static InputException NoVectors() => new("no activation vectors to estimate the scale from: expected at least one");
}
