using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>Vectors with a known dictionary: from a folder of recorded samples, or drawn anew.</summary>
internal sealed class RecoverData : IDisposable
{
    /// <summary>Rows at the beginning that are kept for the scores.</summary>
    public const int HeldOut = 4096;

    private const int DrawnRows = 65_536;

    private RecoverData(Matrix features, Matrix vectors, string name)
    {
        (Features, Vectors, Name) = (features, vectors, name);
        Test = vectors.FirstRows(HeldOut);
    }

    /// <summary>Gets the true features, [G, d].</summary>
    public Matrix Features { get; }

    /// <summary>Gets all vectors, the held-out ones first.</summary>
    public Matrix Vectors { get; }

    /// <summary>Gets the held-out vectors.</summary>
    public Matrix Test { get; }

    /// <summary>Gets what the data are called.</summary>
    public string Name { get; }

    /// <summary>Reads a folder's <c>NAME.safetensors</c>: <c>dictionary</c> [G, d] and <c>x_f16</c> [n, d].</summary>
    public static RecoverData Read(string folder, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, name + ".safetensors"));
        Matrix features = Matrix(file, "dictionary");
        Matrix vectors = Matrix(file, "x_f16");
        return vectors.Rows > HeldOut && vectors.Columns == features.Columns
            ? new RecoverData(features, vectors, name)
            : throw new InputException(
                $"'{file.Source}': expected x_f16 with more than {HeldOut} rows of the dictionary's width {features.Columns}, found [{vectors.Rows}, {vectors.Columns}]");
    }

    /// <summary>Draws vectors.</summary>
    public static RecoverData Draw(WorkTeam team, SyntheticKind kind, long seed)
    {
        using SyntheticVectors source = new(team, new SyntheticOptions { Kind = kind, Seed = seed });
        return new RecoverData(source.Features.Clone(), source.Draw(DrawnRows), kind.ToString().ToLowerInvariant());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Features.Dispose();
        Vectors.Dispose();
    }

    private static Matrix Matrix(SafetensorsFile file, string name)
    {
        TensorInfo tensor = file.Require(name);
        if (tensor.Shape.Count != 2)
        {
            throw new InputException($"tensor '{name}' in '{file.Source}': expected two dimensions, found {tensor.Description}");
        }

        double[] values = new double[tensor.ElementCount];
        file.ReadFloat64(tensor, 0, values);
        return Tensors.Matrix.FromRows((int)tensor.Shape[0], (int)tensor.Shape[1], Array.ConvertAll(values, value => (float)value));
    }
}
