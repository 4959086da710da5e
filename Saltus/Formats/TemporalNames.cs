namespace Saltus.Formats;

/// <summary>What a file calls the weights of a temporal SAE.</summary>
/// <param name="Decoder">[M, d].</param>
/// <param name="Bias">[d].</param>
/// <param name="Encoder">[d, M].</param>
internal sealed record TemporalNames(string Decoder, string Bias, string Encoder);
