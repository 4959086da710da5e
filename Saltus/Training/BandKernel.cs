namespace Saltus.Training;

/// <summary>The kernel K of the straight-through estimators: a density of unit integral by which tokens near a threshold count.</summary>
public enum BandKernel
{
    /// <summary>1 for |u| &lt; ½ (the paper's).</summary>
    Rectangle,

    /// <summary>1 − |u| for |u| &lt; 1.</summary>
    Triangle,

    /// <summary>¾ (1 − u²) for |u| &lt; 1.</summary>
    Epanechnikov,

    /// <summary>The standard normal density; every token counts.</summary>
    Gaussian,
}
