using Saltus.Tensors;
using Saltus.Training;

namespace Saltus.Formats;

/// <summary>
/// The tensors of an SAE file, taken one by one with the shape that the configuration says. A tensor that nobody took is an error: a
/// threshold that is silently dropped turns a BatchTopK SAE into a ReLU one.
/// </summary>
/// <param name="source">The open file.</param>
internal sealed class SaeTensors(ITensorSource source)
{
    /// <summary>Below so many bytes a matrix is read: encoding is faster from memory of our own.</summary>
    private const long LeastMapped = 256L << 20;

    private readonly HashSet<string> _taken = [];

    /// <summary>The file, as errors name it.</summary>
    public string Source => source.Source;

    public bool Has(string name) => source.Find(name) is not null;

    /// <summary>Takes a tensor as a matrix of two given dimensions.</summary>
    public Matrix TakeMatrix(string name, int rows, int columns)
    {
        Matrix matrix = source.ReadMatrix(Take(name, rows, columns));
        for (int row = 0; row < rows; row++)
        {
            int found = FiniteValues.FindFirstBeyond(matrix.Row(row), float.MaxValue);
            if (found >= 0)
            {
                float value = matrix.Row(row)[found];
                matrix.Dispose();
                throw Invalid(name, $"expected finite numbers, found {value} at [{row}, {found}]");
            }
        }

        return matrix;
    }

    /// <summary>
    /// Takes a matrix as it lies in the file, mapped, where it may stay there: it holds float32, and is large or asked for. Else null, and
    /// nothing is taken. Neither the values nor an archive's checksum are looked at.
    /// </summary>
    public Matrix? TakeMapped(string name, int rows, int columns, SaeMapping mapping) =>
        Mapped(name, rows, columns, mapping) is IMappedTensors mapped ? mapped.TryMap(Take(name, rows, columns), rows, columns) : null;

    /// <summary>Takes an encoder that the file holds as [d, M]: where it may stay in the file as it is, else as [M, d].</summary>
    public (Matrix Encoder, bool IsColumns) TakeEncoder(string name, int width, int latents, SaeMapping mapping) =>
        TakeMapped(name, width, latents, mapping) is Matrix columns ? (columns, true) : (TakeTransposed(name, width, latents, mapping), false);

    /// <summary>Takes an encoder that the file holds as [M, d]: where it may stay in the file whichever way it lies there.</summary>
    public (Matrix Encoder, bool IsColumns) TakeEncoderRows(string name, int latents, int width, SaeMapping mapping) =>
        TakeMappedTransposed(name, latents, width, mapping) is Matrix columns ? (columns, true) : (TakeMatrix(name, latents, width, mapping), false);

    /// <summary>Takes a matrix, in its file where it may stay there.</summary>
    public Matrix TakeMatrix(string name, int rows, int columns, SaeMapping mapping) => TakeMapped(name, rows, columns, mapping) ?? TakeMatrix(name, rows, columns);

    /// <summary>Takes a tensor of two given dimensions, transposed; in its file where its transpose may stay there.</summary>
    public Matrix TakeTransposed(string name, int rows, int columns, SaeMapping mapping) =>
        TakeMappedTransposed(name, rows, columns, mapping) ?? TakeTransposed(name, rows, columns);

    /// <summary>Takes a tensor of two given dimensions, transposed.</summary>
    public Matrix TakeTransposed(string name, int rows, int columns)
    {
        using Matrix matrix = TakeMatrix(name, rows, columns);
        return matrix.Transpose();
    }

    /// <summary>Takes a tensor [rows, between, columns], summed over the dimension between, in double.</summary>
    public Matrix TakeSummed(string name, int rows, int columns)
    {
        TensorInfo tensor = source.Find(name) ?? throw Missing(name);
        long between = tensor.Shape.Count == 3 ? tensor.Shape[1] : 0;
        Take(name, rows, between, columns);
        Matrix matrix = new(rows, columns);
        float[] part = new float[columns];
        double[] sum = new double[columns];
        for (int row = 0; row < rows; row++)
        {
            Array.Clear(sum);
            for (long layer = 0; layer < between; layer++)
            {
                source.ReadFloat32(tensor, ((row * between) + layer) * columns, part);
                int found = FiniteValues.FindFirstBeyond(part, float.MaxValue);
                if (found >= 0)
                {
                    matrix.Dispose();
                    throw Invalid(name, $"expected finite numbers, found {part[found]} at [{row}, {layer}, {found}]");
                }

                for (int i = 0; i < columns; i++)
                {
                    sum[i] += part[i];
                }
            }

            for (int i = 0; i < columns; i++)
            {
                matrix.Row(row)[i] = (float)sum[i];
            }
        }

        return matrix;
    }

    public float[] TakeVector(string name, int length)
    {
        float[] values = source.ReadFloat32(Take(name, length));
        int found = FiniteValues.FindFirstBeyond(values, float.MaxValue);
        return found < 0 ? values : throw Invalid(name, $"expected finite numbers, found {values[found]} at [{found}]");
    }

    /// <summary>Takes one number.</summary>
    public float TakeScalar(string name) => (float)TakeDouble(name);

    /// <summary>Takes one number in the precision that the file has it in.</summary>
    public double TakeDouble(string name)
    {
        Take(name);
        double value = source.ReadFloat64(name)[0];
        return double.IsFinite(value) ? value : throw Invalid(name, FormattableString.Invariant($"expected a finite number, found {value}"));
    }

    /// <summary>A tensor that must be there, before it is taken.</summary>
    public TensorInfo Look(string name) => source.Find(name) ?? throw Missing(name);

    /// <summary>One dimension of a tensor before it is taken, at least 1 and at most 2^31 − 1.</summary>
    public int Dimension(string name, int index)
    {
        TensorInfo tensor = Look(name);
        long size = index < tensor.Shape.Count ? tensor.Shape[index] : 0;
        return size is > 0 and <= int.MaxValue ? (int)size : throw new SaeFormatException(
            SaeFormatError.TensorShape, $"tensor '{name}' in '{source.Source}': expected a dimension {index} of 1 or more, found {tensor.Description}");
    }

    /// <summary>Drops a tensor of ones that older tools wrote; others scaled the latents after fine-tuning, which no tool loads.</summary>
    public void DropScalingFactor(int latents, List<string> notes)
    {
        const string Name = "scaling_factor";
        if (!Has(Name))
        {
            return;
        }

        if (TakeVector(Name, latents).AsSpan().ContainsAnyExcept(1f))
        {
            throw Invalid(Name, "expected ones only, found others; SAELens does not load such a file either");
        }

        notes.Add("scaling_factor is all ones: dropped");
    }

    /// <summary>Leaves a tensor that must be there and that inference does not use, or that was read by other means.</summary>
    public void Leave(string name)
    {
        Look(name);
        _taken.Add(name);
    }

    /// <exception cref="SaeFormatException">A tensor was not taken.</exception>
    public void CheckAllTaken(string architecture)
    {
        TensorInfo? stranger = source.Tensors.FirstOrDefault(tensor => !_taken.Contains(tensor.Name));
        if (stranger is not null)
        {
            throw new SaeFormatException(
                SaeFormatError.TensorUnknown,
                $"tensor '{stranger.Name}' in '{source.Source}': architecture '{architecture}' has no such tensor, found {stranger.Description}; " +
                "it is not dropped, because it could change the result");
        }
    }

    public SaeFormatException Invalid(string name, string message) =>
        new(SaeFormatError.TensorValue, $"tensor '{name}' in '{source.Source}': {message}");

    private Matrix? TakeMappedTransposed(string name, int rows, int columns, SaeMapping mapping) =>
        Mapped(name, rows, columns, mapping) is IMappedTensors mapped ? mapped.TryMapTransposed(Take(name, rows, columns), rows, columns) : null;

    /// <summary>The file, if a matrix of it may stay there.</summary>
    private IMappedTensors? Mapped(string name, int rows, int columns, SaeMapping mapping)
    {
        bool mayStay = mapping == SaeMapping.WherePossible || (mapping == SaeMapping.Automatic && (long)rows * columns * sizeof(float) >= LeastMapped);
        return mayStay && BitConverter.IsLittleEndian && Has(name) ? source as IMappedTensors : null;
    }

    private TensorInfo Take(string name, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = source.Find(name) ?? throw Missing(name);
        _taken.Add(name);
        if (!tensor.HasShape(shape) || tensor.Dtype.IsInteger())
        {
            throw new SaeFormatException(
                SaeFormatError.TensorShape,
                $"tensor '{name}' in '{source.Source}': expected floats {TensorInfo.DescribeShape(shape.ToArray())}, found {tensor.Description}");
        }

        return tensor;
    }

    private SaeFormatException Missing(string name) => new(
        SaeFormatError.TensorMissing,
        $"tensor '{name}' in '{source.Source}': expected it by the configuration, found only {string.Join(", ", source.Tensors.Select(tensor => tensor.Name))}");
}
