using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>Is given an activation of a run. The matrix belongs to the model and is valid during the call only: copy what is needed.</summary>
/// <param name="batch">What was read: which row is which token.</param>
/// <param name="activation">[tokens, width], not to be changed.</param>
public delegate void ActivationReader(TokenBatch batch, Matrix activation);
