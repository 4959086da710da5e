using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>Replaces an activation of a run in place; rows that are left alone keep their own.</summary>
/// <param name="batch">What was read: which row is which token.</param>
/// <param name="activation">[tokens, width], to be changed; valid during the call only.</param>
public delegate void ActivationEditor(TokenBatch batch, Matrix activation);
