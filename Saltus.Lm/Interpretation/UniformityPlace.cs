using Saltus.Lm.Activations;

namespace Saltus.Lm.Interpretation;

/// <summary>A token whose latents' importance is measured.</summary>
/// <param name="Window">The window it stands in.</param>
/// <param name="Position">Its position there; another token follows.</param>
internal readonly record struct UniformityPlace(TokenWindow Window, int Position);
