namespace Saltus.Lm.Tokenizers;

/// <summary>What a <see cref="PieceCache"/> compares before anything else: a piece's first and last four units and its hash.</summary>
internal readonly record struct PieceKey(ulong Head, ulong Tail, uint Hash);
