namespace Saltus.Formats;

/// <summary>Looks at rows of a tensor before they are written; what it throws ends the writing.</summary>
/// <param name="row">Index of the first row.</param>
/// <param name="values">Whole rows, row-major.</param>
internal delegate void TensorInspector(int row, ReadOnlySpan<float> values);
