using System.Text.Json;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Tests.Formats;

/// <summary>
/// The golden of one SAE case: what the peer's own code computed after loading its files back. Of a low-precision case the tensors that
/// were computed in float32 are compared.
/// </summary>
internal sealed class SaeGolden : IDisposable
{
    // float32 sums in another order: relative to the value, and to the largest of its row where values cancel.
    private const float Tolerance = 1e-4f;

    private readonly SafetensorsFile _file;

    public SaeGolden(string folder)
    {
        _file = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        Meta = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "meta.json"))).RootElement;
    }

    public JsonElement Meta { get; }

    public static bool IsCase(string folder) => File.Exists(Path.Combine(folder, "meta.json")) && File.Exists(Path.Combine(folder, "golden.safetensors"));

    /// <summary>The vectors; heads are concatenated, sequences lie one after another.</summary>
    public Matrix ReadVectors(int width)
    {
        float[] values = _file.ReadFloat32("x");
        return Matrix.FromRows(values.Length / width, width, values);
    }

    /// <summary>Compares latents and outputs always, the reconstruction and pre-activations where the golden has them.</summary>
    /// <param name="loaded">The SAE as read.</param>
    /// <param name="acts">Name of the latents that are meant.</param>
    /// <param name="outs">Name of the outputs that are meant.</param>
    public void Compare(LoadedSae loaded, string acts = "acts", string outs = "out")
    {
        SparseCoder sae = loaded.Sae;
        using WorkTeam team = new(1);
        using Matrix x = ReadVectors(sae.InputWidth);
        int[] lengths = Lengths(sae, x.Rows);
        using Matrix output = new(x.Rows, sae.OutputWidth);
        SparseActivations activations = sae.Forward(team, x, lengths, output);
        using Matrix expected = Read(acts, sae.Latents);
        using Matrix dense = Dense(activations);
        for (int row = 0; row < x.Rows; row++)
        {
            int[] active = [.. Enumerable.Range(0, sae.Latents).Where(latent => expected.Row(row)[latent] != 0)];
            Assert.True(active.AsSpan().SequenceEqual(activations.LatentsOf(row)), $"acts: active set of row {row} differs");
        }

        AssertClose("acts", expected, dense);
        using Matrix outExpected = Read(outs, sae.OutputWidth);
        AssertClose("out", outExpected, output);
        if (acts == "acts" && Has("recon"))
        {
            using Matrix recon = Read("recon", sae.OutputWidth);
            using Matrix decoded = new(x.Rows, sae.OutputWidth);
            sae.Decode(team, activations, decoded);
            sae.Undo(x, decoded);
            AssertClose("recon", recon, decoded);
        }

        using Matrix ours = sae.PreActivations(team, x, lengths);
        if (acts == "acts" && Has("pre"))
        {
            using Matrix pre = Read("pre", sae.Latents);
            bool isBeforeNorms = Meta.TryGetProperty("pre", out JsonElement meaning) && meaning.GetString()!.Contains("before decoder-norm rescaling", StringComparison.Ordinal);
            for (int i = 0; i < pre.Span.Length; i++)
            {
                pre.Span[i] *= isBeforeNorms && loaded.FoldedDecoderNorms.Count > 0 ? loaded.FoldedDecoderNorms[i % sae.Latents] : 1;
                ours.Span[i] = loaded.RectifiesPreActivations ? Math.Max(0, ours.Span[i]) : ours.Span[i];
            }

            AssertClose("pre", pre, ours);
        }
    }

    public void Dispose() => _file.Dispose();

    private static Matrix Dense(SparseActivations activations)
    {
        Matrix dense = new(activations.Rows, activations.Latents);
        for (int row = 0; row < activations.Rows; row++)
        {
            for (int i = 0; i < activations.LatentsOf(row).Length; i++)
            {
                dense.Row(row)[activations.LatentsOf(row)[i]] = activations.ValuesOf(row)[i];
            }
        }

        return dense;
    }

    private static void AssertClose(string name, Matrix expected, Matrix actual)
    {
        Assert.Equal((expected.Rows, expected.Columns), (actual.Rows, actual.Columns));
        for (int row = 0; row < expected.Rows; row++)
        {
            float largest = 0;
            foreach (float value in expected.Row(row))
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            for (int column = 0; column < expected.Columns; column++)
            {
                float e = expected.Row(row)[column];
                float a = actual.Row(row)[column];
                Assert.True(Math.Abs(e - a) <= Tolerance * (Math.Abs(e) + largest), $"{name}[{row}, {column}]: expected {e}, found {a}");
            }
        }
    }

    private int[] Lengths(SparseCoder sae, int rows)
    {
        if (sae.Scope != LatentScope.Sequence)
        {
            return [];
        }

        int length = (int)_file.Require("x").Shape[1];
        return [.. Enumerable.Repeat(length, rows / length)];
    }

    private bool Has(string name) => _file.Find(name) is not null;

    private Matrix Read(string name, int columns)
    {
        float[] values = _file.ReadFloat32(Has($"{name}_f32") ? $"{name}_f32" : name);
        return Matrix.FromRows(values.Length / columns, columns, values);
    }
}
