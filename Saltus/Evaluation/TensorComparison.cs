namespace Saltus.Evaluation;

/// <summary>One tensor of a reference file, compared.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Status">What came out.</param>
/// <param name="MaxError">Largest |value − reference|; where <paramref name="Scale"/> is a row's own, relative to it.</param>
/// <param name="Scale">Largest |reference|; 1 where errors are relative to a row's largest value already.</param>
/// <param name="Tolerance">What <paramref name="MaxError"/> may be.</param>
/// <param name="Note">Why a tensor was not compared, or how it was.</param>
public sealed record TensorComparison(string Name, ComparisonStatus Status, double MaxError, double Scale, double Tolerance, string? Note = null)
{
    /// <summary>Describes a tensor that was not compared.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The record.</returns>
    public static TensorComparison NotCompared(string name, string reason) => new(name, ComparisonStatus.NotCompared, 0, 0, 0, reason);
}
