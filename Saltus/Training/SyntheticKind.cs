namespace Saltus.Training;

/// <summary>How the features of synthetic vectors fire together.</summary>
public enum SyntheticKind
{
    /// <summary>Each by itself.</summary>
    Independent,

    /// <summary>Features of a group fire more often together (a Gaussian copula).</summary>
    Correlated,

    /// <summary>The second quarter of the features are children: each fires only where its parent in the first quarter does.</summary>
    Hierarchical,
}
