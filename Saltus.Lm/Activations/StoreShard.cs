namespace Saltus.Lm.Activations;

/// <summary>One file of a store.</summary>
/// <param name="File">Its name in the folder.</param>
/// <param name="Rows">Its vectors.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Checksum">XxHash128 of its bytes, 32 hexadecimal digits.</param>
public sealed record StoreShard(string File, int Rows, long Bytes, string Checksum);
