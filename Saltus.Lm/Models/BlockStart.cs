using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>Where the recomputation of a block starts.</summary>
/// <param name="Kind">The place in the block: <see cref="SiteKind.ResidPre"/>, or where a resumed run began.</param>
/// <param name="Activation">What the place held, after edits.</param>
/// <param name="Residual">The residual stream beside it; null where the place is the residual stream.</param>
internal sealed record BlockStart(SiteKind Kind, Matrix Activation, Matrix? Residual);
