namespace Saltus.Autoencoders;

/// <summary>Where a top-k activation applies the rectifier. All three give the same active set unless a row has fewer than k positive values.</summary>
public enum TopKRelu
{
    /// <summary>Negative values that are among the k largest are kept.</summary>
    None,

    /// <summary>relu, then top-k.</summary>
    Before,

    /// <summary>top-k, then relu.</summary>
    After,
}
