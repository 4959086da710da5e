using System.Numerics.Tensors;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Evaluation;

/// <summary>
/// Compares an SAE with what another program computed from the same vectors: input <c>x</c>, latents <c>acts</c>, output <c>out</c>, and,
/// where they are there, <c>recon</c> (the latents decoded) and <c>pre</c>. Of a low-precision SAE the tensors named <c>*_f32</c> take the
/// place of the plain ones, which depend on the order of rounding.
/// </summary>
public static class SaeVerification
{
    /// <summary>The file beside a reference that says what its tensors were made with.</summary>
    public const string MetaName = "meta.json";

    private const string Upcast = "_f32";

    /// <summary>Compares every tensor of a reference that is known.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="loaded">The SAE as it was read.</param>
    /// <param name="referencePath">A safetensors file; meta.json beside it is read if it is there.</param>
    /// <param name="convention">Whose reading is compared: the authors' is in the tensors <c>formula_acts</c> and <c>formula_out</c>.</param>
    /// <returns>One record a tensor, in ordinal order of the names.</returns>
    /// <exception cref="InputException">The file cannot be read, lacks a tensor, or was made with an SAE of other sizes.</exception>
    public static IReadOnlyList<TensorComparison> Compare(WorkTeam team, LoadedSae loaded, string referencePath, SaeConvention convention = SaeConvention.Tool)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(loaded);
        using SafetensorsFile reference = SafetensorsFile.Open(referencePath);
        SparseCoder sae = loaded.Sae;
        using Matrix x = ReadRows(reference, "x", sae.InputWidth);
        int[] lengths = sae.Scope == LatentScope.Sequence ? Lengths(reference, x.Rows) : [];
        using Matrix output = new(x.Rows, sae.OutputWidth);
        SparseActivations latents = sae.Forward(team, x, lengths, output);
        Dictionary<string, TensorComparison> made = [];
        bool isAuthors = convention == SaeConvention.Authors;
        string acts = isAuthors ? "formula_acts" : "acts";
        string outs = isAuthors ? "formula_out" : "out";
        Require(reference, acts);
        Require(reference, outs);
        Check(reference, acts, sae.Latents, made, (row, meter, expected) => meter.AddLatents(latents.LatentsOf(row), latents.ValuesOf(row), expected));
        Check(reference, outs, sae.OutputWidth, made, (row, meter, expected) => meter.Add(output.Row(row), expected));
        if (!isAuthors)
        {
            using Matrix reconstruction = Reconstruct(team, sae, x, latents);
            Check(reference, "recon", sae.OutputWidth, made, (row, meter, expected) => meter.Add(reconstruction.Row(row), expected));
            using Matrix before = PreActivations(team, loaded, x, lengths, referencePath);
            Check(reference, "pre", sae.Latents, made, (row, meter, expected) => meter.Add(before.Row(row), expected));
        }

        return
        [
            .. reference.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal)
                .Select(name => made.GetValueOrDefault(name) ?? TensorComparison.NotCompared(name, isAuthors && name != "x" ? "another reading than the authors'" : Reason(reference, name))),
        ];

        void Check(SafetensorsFile file, string plain, int columns, Dictionary<string, TensorComparison> results, Action<int, RowErrorMeter, float[]> add)
        {
            string name = file.Find(plain + Upcast) is null ? plain : plain + Upcast;
            if (file.Find(name) is null)
            {
                return;
            }

            using Matrix expected = ReadRows(file, name, columns);
            if (expected.Rows != x.Rows)
            {
                throw Mismatch(file, name, $"{x.Rows} rows of {columns}", $"{expected.Rows}");
            }

            RowErrorMeter meter = new(name);
            for (int row = 0; row < expected.Rows; row++)
            {
                add(row, meter, expected.Row(row).ToArray());
            }

            results[name] = meter.Finish();
        }
    }

    private static string Reason(SafetensorsFile reference, string name) => name switch
    {
        "x" => "it is what the SAE reads",
        "pre" or "acts" or "recon" or "out" when reference.Find(name + Upcast) is not null => $"{name}{Upcast} is compared in its place",
        _ => "a second opinion of the reference",
    };

    private static Matrix Reconstruct(WorkTeam team, SparseCoder sae, Matrix x, SparseActivations latents)
    {
        Matrix result = new(x.Rows, sae.OutputWidth);
        sae.Decode(team, latents, result);
        sae.Undo(x, result);
        return result;
    }

    /// <summary>π as the reference means it: where norms were folded into the encoder, and the reference is from before the rescaling, they are taken out.</summary>
    private static Matrix PreActivations(WorkTeam team, LoadedSae loaded, Matrix x, int[] lengths, string referencePath)
    {
        Matrix result = loaded.Sae.PreActivations(team, x, lengths);
        for (int row = 0; loaded.RectifiesPreActivations && row < result.Rows; row++)
        {
            TensorPrimitives.Max(result.Row(row), 0f, result.Row(row));
        }

        string metaPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(referencePath))!, MetaName);
        string meaning = File.Exists(metaPath) ? JsonFields.Read(metaPath).GetString("pre", null) ?? string.Empty : string.Empty;
        if (loaded.FoldedDecoderNorms.Count == 0 || !meaning.Contains("before decoder-norm rescaling", StringComparison.Ordinal))
        {
            return result;
        }

        for (int row = 0; row < result.Rows; row++)
        {
            Span<float> values = result.Row(row);
            for (int latent = 0; latent < values.Length; latent++)
            {
                values[latent] /= loaded.FoldedDecoderNorms[latent];
            }
        }

        return result;
    }

    /// <summary>The sequences of vectors [sequences, positions, d].</summary>
    private static int[] Lengths(SafetensorsFile reference, int rows)
    {
        TensorInfo x = reference.Require("x");
        int length = x.Shape.Count == 3 ? (int)x.Shape[1] : rows;
        return [.. Enumerable.Repeat(length, rows / Math.Max(1, length))];
    }

    private static void Require(SafetensorsFile reference, string name)
    {
        if (reference.Find(name) is null && reference.Find(name + Upcast) is null)
        {
            throw new InputException($"'{reference.Source}': expected a tensor '{name}', found none; it is no reference for an SAE");
        }
    }

    /// <summary>Reads a tensor as rows; sizes behind the rows, such as heads and their width, are one vector.</summary>
    private static Matrix ReadRows(SafetensorsFile reference, string name, int columns)
    {
        Require(reference, name.EndsWith(Upcast, StringComparison.Ordinal) ? name[..^Upcast.Length] : name);
        TensorInfo tensor = reference.Find(name)!;
        long rows = tensor.ElementCount / columns;
        int first = 0;
        long inFront = 1;
        while (first < tensor.Shape.Count && inFront < rows)
        {
            inFront *= tensor.Shape[first++];
        }

        if (rows == 0 || rows > int.MaxValue || inFront != rows || rows * columns != tensor.ElementCount)
        {
            throw Mismatch(reference, name, $"vectors of {columns}", $"[{string.Join(", ", tensor.Shape)}]");
        }

        Matrix result = new((int)rows, columns);
        for (int row = 0; row < result.Rows; row++)
        {
            reference.ReadFloat32(tensor, (long)row * columns, result.Row(row));
        }

        return result;
    }

    private static InputException Mismatch(SafetensorsFile reference, string name, string expected, string found) =>
        new($"tensor '{name}' in '{reference.Source}': expected {expected}, found {found}: it was made with an SAE of other sizes");
}
