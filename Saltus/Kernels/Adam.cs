using System.Numerics;

namespace Saltus.Kernels;

/// <summary>
/// Adam on one stretch of elements: m ← β1·m + (1 − β1)·g, v ← β2·v + (1 − β2)·g², p ← p − lr·m̂ / (√v̂ + ε). p, g, m, v: [n].
/// Called by the training step for each row of weights while it is hot. Element by element with correctly rounded operations:
/// the same bits at every vector width.
/// </summary>
public static class Adam
{
    /// <summary>Applies one step.</summary>
    /// <param name="step">The numbers of the step.</param>
    /// <param name="decay">β2^Δ for the Δ steps since these elements were last touched in which their gradient was 0; 1 for none.</param>
    /// <param name="gradient">g, before the factor of the step.</param>
    /// <param name="first">m, changed in place; empty where β1 = 0.</param>
    /// <param name="second">v, changed in place.</param>
    /// <param name="parameters">p, changed in place.</param>
    public static void Update(
        in AdamStep step, float decay, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, Span<float> parameters)
    {
        int lanes = Vector<float>.Count;
        int whole = KernelTable.IsPlain ? -1 : parameters.Length - lanes;
        Vector<float> scale = new(step.GradientScale), beta2 = new(step.Beta2 * decay), rest2 = new(step.OneMinusBeta2);
        Vector<float> beta1 = new(step.Beta1), rest1 = new(step.OneMinusBeta1);
        Vector<float> rate = new(step.Rate), correction = new(step.Correction), epsilon = new(step.Epsilon);
        int j = 0;
        for (; j <= whole; j += lanes)
        {
            Vector<float> g = new Vector<float>(gradient.Slice(j, lanes)) * scale;
            Vector<float> m = g;
            if (!first.IsEmpty)
            {
                m = (beta1 * new Vector<float>(first.Slice(j, lanes))) + (rest1 * g);
                m.CopyTo(first.Slice(j, lanes));
            }

            Vector<float> v = (beta2 * new Vector<float>(second.Slice(j, lanes))) + (rest2 * g * g);
            v.CopyTo(second.Slice(j, lanes));
            Vector<float> change = rate * m / (Vector.SquareRoot(v * correction) + epsilon);
            (new Vector<float>(parameters.Slice(j, lanes)) - change).CopyTo(parameters.Slice(j, lanes));
        }

        for (; j < parameters.Length; j++)
        {
            float g = gradient[j] * step.GradientScale;
            float m = g;
            if (!first.IsEmpty)
            {
                m = (step.Beta1 * first[j]) + (step.OneMinusBeta1 * g);
                first[j] = m;
            }

            float v = (step.Beta2 * decay * second[j]) + (step.OneMinusBeta2 * g * g);
            second[j] = v;
            parameters[j] -= step.Rate * m / (MathF.Sqrt(v * step.Correction) + step.Epsilon);
        }
    }
}
