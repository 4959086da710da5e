using System.Numerics;

namespace Saltus.Kernels;

/// <summary>
/// A function of one number, written on vectors. Each lane's result depends on that lane alone, so the width cannot matter.
/// Implemented by structs, which the compiler inlines into the loop of <see cref="Elementary.Apply"/>.
/// </summary>
internal interface IVectorFunction
{
    /// <summary>Computes the function in every lane.</summary>
    /// <param name="x">Arguments.</param>
    /// <returns>Values.</returns>
    Vector<float> Invoke(Vector<float> x);
}
