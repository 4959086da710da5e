using Saltus.Tensors;

namespace Saltus.Lm.Models;

/// <summary>Is given the logits of a run, some rows at a time, in row order. The matrix is valid during the call only.</summary>
/// <param name="batch">What was read.</param>
/// <param name="firstRow">The batch's row that row 0 of <paramref name="logits"/> belongs to.</param>
/// <param name="logits">[rows, vocabulary].</param>
public delegate void LogitsReader(TokenBatch batch, int firstRow, Matrix logits);
