namespace Saltus.Formats;

/// <summary>Gives consecutive elements of a tensor that is being written, in order, a block at a time.</summary>
/// <param name="first">Index of the first element, row-major.</param>
/// <param name="destination">To be filled whole.</param>
public delegate void TensorReader(long first, Span<float> destination);
