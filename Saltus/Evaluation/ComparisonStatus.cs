namespace Saltus.Evaluation;

/// <summary>What came out of comparing one tensor with a reference.</summary>
public enum ComparisonStatus
{
    /// <summary>Every value is within the tolerance.</summary>
    Within,

    /// <summary>A value is beyond the tolerance.</summary>
    Beyond,

    /// <summary>The tensor was not made: the note says why.</summary>
    NotCompared,
}
