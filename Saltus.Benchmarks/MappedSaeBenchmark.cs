using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Tensors;

namespace Saltus.Benchmarks;

/// <summary>
/// A Gemma Scope SAE of 131,072 latents on vectors of width 3,584 (9B), random numbers in an `.npz` of 3.76 GB: how long it takes to open, and how
/// fast it encodes 4,096 vectors from where it lies, beside the product alone from memory.
/// </summary>
internal static class MappedSaeBenchmark
{
    private const int Width = 3584;
    private const int Latents = 131_072;
    private const int Vectors = 4096;

    /// <summary>Latents of the product that is timed beside it: enough for the same rate, and memory for a part only.</summary>
    private const int Compared = 16_384;

    /// <summary>Makes the file, measures, and removes it.</summary>
    /// <param name="folder">Where there is room for 4 GB.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="output">Where the results go.</param>
    public static void Run(string folder, int threads, TextWriter output)
    {
        string place = Path.Combine(folder, "layer_20", "width_131k", "average_l0_100");
        string path = Path.Combine(place, "params.npz");
        Directory.CreateDirectory(place);
        if (!File.Exists(path))
        {
            Make(path);
        }

        using WorkTeam team = new(threads);
        using Matrix x = new(Vectors, Width);
        Fill(new RandomSource(1, "vectors"), x.RowRange(0, Vectors));
        long before = UnmanagedMemoryNow();
        long start = Stopwatch.GetTimestamp();
        using SparseAutoencoder sae = SaeReader.Read(place).Autoencoder;
        TimeSpan opening = Stopwatch.GetElapsedTime(start);
        Line(output, "file", $"{new FileInfo(path).Length / 1e9:F2} GB, mapped: {sae.IsMapped}");
        Line(output, "open", $"{opening.TotalSeconds:F3} s, private memory + {(UnmanagedMemoryNow() - before) / 1e6:F0} MB");
        for (int round = 0; round < 2; round++)
        {
            start = Stopwatch.GetTimestamp();
            SparseActivations latents = sae.Encode(team, x);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            Line(output, round == 0 ? "encode, first" : "encode, again", $"{time.TotalSeconds:F2} s, {Rate(Latents, time):F1} GFLOP/s, L0 {latents.L0:F0}, private memory + {(UnmanagedMemoryNow() - before) / 1e6:F0} MB");
        }

        using Matrix weights = new(Compared, Width);
        Fill(new RandomSource(2, "weights"), weights.RowRange(0, Compared));
        using Matrix product = new(Vectors, Compared);
        start = Stopwatch.GetTimestamp();
        MatMul.Multiply(team, x, new MatrixRows(weights), product);
        Line(output, "product alone", $"{Rate(Compared, Stopwatch.GetElapsedTime(start)):F1} GFLOP/s from memory, {Compared:N0} latents");
    }

    private static double Rate(int latents, TimeSpan time) => 2.0 * Vectors * Width * latents / time.TotalSeconds / 1e9;

    private static void Line(TextWriter output, string name, FormattableString value) =>
        output.WriteLine($"{name,-16} {value.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Memory that is not a file's: what was copied would be in it.</summary>
    private static long UnmanagedMemoryNow()
    {
        const string Name = "RssAnon:";
        string? line = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Name, StringComparison.Ordinal)) : null;
        return line is null ? Environment.WorkingSet : long.Parse(line[Name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    private static void Make(string path)
    {
        using ZipArchive archive = new(File.Create(path), ZipArchiveMode.Create);
        Write(archive, "W_enc", Width, Latents, 1);
        Write(archive, "W_dec", Latents, Width, 1);
        Write(archive, "b_enc", 1, Latents, 0);
        Write(archive, "b_dec", 1, Width, 0);

        // π of a unit-variance vector has deviation √d / √d = 1: one in a thousand passes.
        Write(archive, "threshold", 1, Latents, 0, 3.1f);
    }

    private static void Write(ZipArchive archive, string name, int rows, int columns, float size, float constant = 0)
    {
        using Stream stream = archive.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
        string shape = rows == 1 ? $"({columns},)" : $"({rows}, {columns})";
        string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}";
        int padded = ((10 + header.Length + 1 + 63) / 64 * 64) - 10;
        stream.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)(padded & 255), (byte)(padded >> 8)]);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n"));
        RandomSource random = new(rows, name);
        float[] row = new float[columns];
        float scale = size / MathF.Sqrt(Width);
        for (int i = 0; i < rows; i++)
        {
            Fill(random, row, scale, constant);
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(row.AsSpan()));
        }
    }

    /// <summary>Uniform numbers of variance 1, scaled: two from each draw.</summary>
    private static void Fill(RandomSource random, Span<float> values, float scale = 1, float shift = 0)
    {
        const float Unit = 3.4641016f / 4294967296f;
        for (int i = 0; i < values.Length; i += 2)
        {
            ulong bits = scale == 0 ? 0 : random.NextUInt64();
            values[i] = (((int)(uint)bits) * Unit * scale) + shift;
            if (i + 1 < values.Length)
            {
                values[i + 1] = (((int)(uint)(bits >> 32)) * Unit * scale) + shift;
            }
        }
    }
}
