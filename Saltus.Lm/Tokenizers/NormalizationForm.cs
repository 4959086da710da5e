namespace Saltus.Lm.Tokenizers;

/// <summary>A Unicode normalization form.</summary>
/// <param name="Compatible">Whether compatibility characters are taken apart as well.</param>
/// <param name="Composed">Whether what was taken apart is put together again.</param>
internal readonly record struct NormalizationForm(bool Compatible, bool Composed);
