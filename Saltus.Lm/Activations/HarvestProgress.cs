namespace Saltus.Lm.Activations;

/// <summary>How far the computing of activations has come.</summary>
/// <param name="Vectors">Vectors computed or, on resuming, passed over.</param>
/// <param name="Of">How many there will be; null where one pass over the documents is asked for.</param>
/// <param name="Pass">0-based number of the pass over the documents: above 0 the text is read again.</param>
public readonly record struct HarvestProgress(long Vectors, long? Of, int Pass);
