namespace Saltus.Training;

/// <summary>Where a tool's decoder bias starts.</summary>
internal enum BiasStart
{
    /// <summary>At 0.</summary>
    Zero,

    /// <summary>At the mean of the first vectors.</summary>
    Mean,

    /// <summary>At the geometric median of the first batch.</summary>
    GeometricMedian,
}
