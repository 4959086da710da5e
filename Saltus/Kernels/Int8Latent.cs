namespace Saltus.Kernels;

/// <summary>What <see cref="ScreenBound"/> needs of one latent, together because it is read together. Norms are upper bounds.</summary>
/// <param name="Scale">Value of one unit of its integers.</param>
/// <param name="Norm">Norm of its weights and of its integers, whichever is larger, the columns apart left out.</param>
/// <param name="Residual">Norm of what the integers leave out.</param>
/// <param name="FullNorm">Like the first norm, with the columns apart.</param>
/// <param name="Cut">What x·w must exceed (<see cref="ScreenBound.Cut"/>).</param>
internal readonly record struct Int8Latent(float Scale, float Norm, float Residual, float FullNorm, float Cut);
