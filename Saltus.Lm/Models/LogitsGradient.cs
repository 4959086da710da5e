using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>
/// Gives the gradient of a scalar with respect to logits, some rows at a time. The scalar may be any function of them; where it needs all
/// rows at once, the forward pass has given them before.
/// </summary>
/// <param name="batch">What was read.</param>
/// <param name="rows">The batch's row that each row of <paramref name="logits"/> belongs to.</param>
/// <param name="logits">[rows, vocabulary], after the soft cap; valid during the call only, not to be changed.</param>
/// <param name="gradient">[rows, vocabulary], zero at first: to be filled.</param>
public delegate void LogitsGradient(TokenBatch batch, ReadOnlySpan<int> rows, Matrix logits, Matrix gradient);
