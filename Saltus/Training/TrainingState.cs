using System.Globalization;
using Saltus.Formats;
using Saltus.Tensors;

namespace Saltus.Training;

/// <summary>
/// The one list of what training remembers between steps, by name: what is on it is in every checkpoint and comes back with the same bits.
/// Trainer, method and run put their parts on it; a method that remembers something new overrides <see cref="TrainingMethod.AddState"/>.
/// </summary>
internal sealed class TrainingState
{
    private const int ValuesAtOnce = 1 << 20;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private string _prefix = string.Empty;

    /// <summary>Puts parts onto the list whose names are those of others, told apart by a prefix.</summary>
    /// <param name="prefix">Put before every name that is added meanwhile.</param>
    /// <param name="add">Adds the parts.</param>
    public void Under(string prefix, Action add)
    {
        _prefix = prefix;
        add();
        _prefix = string.Empty;
    }

    /// <summary>Adds a matrix, which is changed in place on reading.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="matrix">[rows, columns]; null where these settings have none, and then none is expected.</param>
    public void Add(string name, Matrix? matrix)
    {
        if (matrix is not null)
        {
            AddEntry(name, name => new Entry(
                (writer, refuse) => writer.Add(name, matrix, refuse is null ? null : (row, values) => Inspect(name, row, matrix.Columns, values, refuse)),
                file => Read(file, name, matrix)));
        }
    }

    /// <summary>Adds numbers of float32, which are changed in place on reading.</summary>
    /// <param name="name">Their name in the checkpoint.</param>
    /// <param name="values">Any number of them.</param>
    public void Add(string name, float[] values) => AddEntry(name, name => new Entry(
        (writer, refuse) =>
        {
            if (refuse is not null && FindNonFinite(name, values) is string where)
            {
                throw refuse(where);
            }

            writer.Add(name, values);
        },
        file => file.ReadFloat32(Require(file, name, TensorDtype.F32, values.Length), 0, values)));

    /// <summary>Adds numbers of float64, which are changed in place on reading.</summary>
    /// <param name="name">Their name in the checkpoint.</param>
    /// <param name="values">Any number of them; null where these settings have none, and then none is expected.</param>
    public void Add(string name, double[]? values)
    {
        if (values is not null)
        {
            AddEntry(name, name => new Entry(
                (writer, _) => writer.AddFloat64(name, [values.Length], values),
                file => file.ReadFloat64(Require(file, name, TensorDtype.F64, values.Length), 0, values)));
        }
    }

    /// <summary>Adds whole numbers of 32 bits, which are changed in place on reading.</summary>
    /// <param name="name">Their name in the checkpoint.</param>
    /// <param name="values">Any number of them.</param>
    public void Add(string name, int[] values) => AddEntry(name, name => new Entry(
        (writer, _) => writer.AddInt32(name, [values.Length], values),
        file =>
        {
            Require(file, name, TensorDtype.I32, values.Length);
            file.ReadInt32(name).CopyTo(values, 0);
        }));

    /// <summary>Adds whole numbers of 64 bits, which are changed in place on reading.</summary>
    /// <param name="name">Their name in the checkpoint.</param>
    /// <param name="values">Any number of them.</param>
    public void Add(string name, long[] values) => AddEntry(name, name => new Entry(
        (writer, _) => writer.AddInt64(name, [values.Length], values),
        file => file.ReadInt64(Require(file, name, TensorDtype.I64, values.Length), 0, values)));

    /// <summary>Adds numbers of float64, which are changed in place on reading.</summary>
    /// <param name="name">Their name in the checkpoint.</param>
    /// <param name="values">Any number of them.</param>
    public void AddDoubles(string name, double[] values) => AddEntry(name, name => new Entry(
        (writer, _) => writer.AddFloat64(name, [values.Length], values),
        file =>
        {
            Require(file, name, TensorDtype.F64, values.Length);
            file.ReadFloat64(name).CopyTo(values, 0);
        }));

    /// <summary>Adds one number.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="get">Its value now; NaN is one.</param>
    /// <param name="set">Takes it back.</param>
    public void AddNumber(string name, Func<double> get, Action<double> set) => AddEntry(name, name => new Entry(
        (writer, _) => writer.AddFloat64(name, [1], new[] { get() }),
        file =>
        {
            Require(file, name, TensorDtype.F64, 1);
            set(file.ReadFloat64(name)[0]);
        }));

    /// <summary>Adds one whole number.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="get">Its value now.</param>
    /// <param name="set">Takes it back.</param>
    public void AddCount(string name, Func<long> get, Action<long> set) => AddEntry(name, name => new Entry(
        (writer, _) => writer.AddInt64(name, [1], new[] { get() }),
        file =>
        {
            Require(file, name, TensorDtype.I64, 1);
            long value = file.ReadInt64(name)[0];
            try
            {
                set(value);
            }
            catch (OverflowException)
            {
                throw Bad(file, name, "a number of its range", value.ToString(CultureInfo.InvariantCulture));
            }
        }));

    /// <summary>Adds numbers of float32 whose count changes over a run.</summary>
    /// <param name="name">Their name in the checkpoint.</param>
    /// <param name="get">The values now.</param>
    /// <param name="set">Takes them back.</param>
    public void AddVector(string name, Func<float[]> get, Action<float[]> set) => AddEntry(name, name => new Entry(
        (writer, _) => writer.Add(name, get()),
        file => set(file.ReadFloat32(name))));

    /// <summary>Adds a random stream: its four words.</summary>
    /// <param name="name">Its name in the checkpoint.</param>
    /// <param name="random">The stream.</param>
    public void Add(string name, RandomSource random) => AddEntry(name, name => new Entry(
        (writer, _) => writer.AddInt64(name, [4], Array.ConvertAll(random.State.ToArray(), word => unchecked((long)word))),
        file =>
        {
            Require(file, name, TensorDtype.I64, 4);
            ulong[] words = Array.ConvertAll(file.ReadInt64(name), word => unchecked((ulong)word));
            random.State = Array.Exists(words, word => word != 0) ? words : throw Bad(file, name, "the state of a random stream", "zeros");
        }));

    /// <summary>Adds numbers that were settled when the run began.</summary>
    /// <param name="name">Their name in the checkpoint.</param>
    /// <param name="values">The numbers.</param>
    public void AddSettled(string name, double[] values) => AddEntry(name, name => new Entry(
        (writer, _) => writer.AddFloat64(name, [values.Length], values),
        file => Require(file, name, TensorDtype.F64, values.Length)));

    /// <summary>Puts everything into a file.</summary>
    /// <param name="writer">The file; what is added is read when it is written.</param>
    /// <param name="refuse">
    /// Makes the exception that ends the writing where a float32 is NaN or infinite, of where it was found in words; each is looked at when it
    /// is written, which costs no second way through memory. Null for anything is written.
    /// </param>
    public void WriteTo(SafetensorsWriter writer, Func<string, Exception>? refuse = null)
    {
        foreach (Entry entry in _entries.Values)
        {
            entry.Write(writer, refuse);
        }
    }

    /// <summary>Takes everything back from a file.</summary>
    /// <param name="file">A checkpoint whose checksum holds.</param>
    /// <exception cref="InputException">It lacks a part, has one of another shape, or one that nobody knows here.</exception>
    public void ReadFrom(SafetensorsFile file)
    {
        foreach (TensorInfo tensor in file.Tensors)
        {
            if (!_entries.ContainsKey(tensor.Name) && tensor.Name != CheckpointFile.ChecksumName)
            {
                throw new CheckpointException(
                    CheckpointError.OtherState,
                    $"tensor '{tensor.Name}' in '{file.Source}': these settings remember nothing of that name; the checkpoint is of another method or version");
            }
        }

        foreach (Entry entry in _entries.Values)
        {
            entry.Read(file);
        }
    }

    /// <summary>Looks for NaN and infinity in a matrix.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="matrix">[rows, columns]; a row belongs to a latent.</param>
    /// <returns>Where, in words; null where there is none.</returns>
    public static string? FindNonFinite(string name, Matrix matrix)
    {
        for (int row = 0; row < matrix.Rows; row++)
        {
            if (FindNonFinite(name, row, matrix.Columns, matrix.Row(row)) is string where)
            {
                return where;
            }
        }

        return null;
    }

    /// <summary>Looks for NaN and infinity in a vector.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="values">The values.</param>
    /// <returns>Where, in words; null where there is none.</returns>
    public static string? FindNonFinite(string name, ReadOnlySpan<float> values)
    {
        int found = FiniteValues.FindFirstBeyond(values, float.MaxValue);
        return found < 0 ? null : $"{name}, element {found}: {values[found]}";
    }

    private static string? FindNonFinite(string name, int row, int columns, ReadOnlySpan<float> rows)
    {
        int found = FiniteValues.FindFirstBeyond(rows, float.MaxValue);
        return found < 0 ? null : $"{name} of latent {row + (found / columns)}, column {found % columns}: {rows[found]}";
    }

    private static void Inspect(string name, int row, int columns, ReadOnlySpan<float> rows, Func<string, Exception> refuse)
    {
        if (FindNonFinite(name, row, columns, rows) is string where)
        {
            throw refuse(where);
        }
    }

    private static CheckpointException Bad(SafetensorsFile file, string name, string expected, string found) =>
        new(CheckpointError.OtherState, $"tensor '{name}' in '{file.Source}': expected {expected}, found {found}");

    private static TensorInfo Require(SafetensorsFile file, string name, TensorDtype dtype, params ReadOnlySpan<long> shape)
    {
        TensorInfo tensor = file.Require(name, shape);
        return tensor.Dtype == dtype
            ? tensor
            : throw new CheckpointException(CheckpointError.OtherState, $"tensor '{name}' in '{file.Source}': expected {dtype.Name()}, found {tensor.Description}");
    }

    private static void Read(SafetensorsFile file, string name, Matrix matrix)
    {
        TensorInfo tensor = Require(file, name, TensorDtype.F32, matrix.Rows, matrix.Columns);
        int rows = Math.Max(1, ValuesAtOnce / Math.Max(1, matrix.Columns));
        for (int row = 0; row < matrix.Rows; row += rows)
        {
            file.ReadFloat32(tensor, (long)row * matrix.Columns, matrix.RowRange(row, Math.Min(rows, matrix.Rows - row)));
        }
    }

    private void AddEntry(string name, Func<string, Entry> entry)
    {
        string full = _prefix + name;
        _entries.Add(full, entry(full));
    }

    /// <summary>How one part is written, looked through meanwhile where a refusal is given, and read.</summary>
    private sealed record Entry(Action<SafetensorsWriter, Func<string, Exception>?> Write, Action<SafetensorsFile> Read);
}
