using Saltus.Formats;

namespace Saltus.Cli.Info;

/// <summary>A tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Element type as safetensors calls it.</param>
/// <param name="Shape">Sizes, slowest first.</param>
/// <param name="Bytes">Bytes of its elements.</param>
internal sealed record ContentsTensor(string Name, string Dtype, IReadOnlyList<long> Shape, long Bytes)
{
    /// <summary>Takes over what a format's reader says.</summary>
    public static ContentsTensor From(TensorInfo tensor) => new(tensor.Name, tensor.Dtype.Name(), tensor.Shape, tensor.ByteLength);
}
