namespace Saltus.Kernels;

/// <summary>The numbers of one Adam step that are the same for all elements of a tensor (Kingma, Ba 2015, with bias correction).</summary>
/// <param name="learningRate">lr of this step.</param>
/// <param name="beta1">β1; 0 keeps no first moment.</param>
/// <param name="beta2">β2.</param>
/// <param name="epsilon">ε, outside the root.</param>
/// <param name="step">1 for the first step.</param>
/// <param name="gradientScale">Factor on the gradient: the clip.</param>
public readonly struct AdamStep(double learningRate, double beta1, double beta2, double epsilon, int step, double gradientScale = 1)
{
    /// <summary>Gets lr / (1 − β1^t).</summary>
    public float Rate { get; } = (float)(learningRate / (1 - RealFunctions.Pow(beta1, step)));

    /// <summary>Gets 1 / (1 − β2^t).</summary>
    public float Correction { get; } = (float)(1 / (1 - RealFunctions.Pow(beta2, step)));

    /// <summary>Gets β1.</summary>
    public float Beta1 { get; } = (float)beta1;

    /// <summary>Gets 1 − β1.</summary>
    public float OneMinusBeta1 { get; } = (float)(1 - beta1);

    /// <summary>Gets β2.</summary>
    public float Beta2 { get; } = (float)beta2;

    /// <summary>Gets 1 − β2.</summary>
    public float OneMinusBeta2 { get; } = (float)(1 - beta2);

    /// <summary>Gets ε.</summary>
    public float Epsilon { get; } = (float)epsilon;

    /// <summary>Gets the factor on the gradient.</summary>
    public float GradientScale { get; } = (float)gradientScale;
}
