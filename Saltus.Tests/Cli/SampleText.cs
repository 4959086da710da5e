using System.IO.Compression;
using Saltus.Tests.Support;

namespace Saltus.Tests.Cli;

/// <summary>The bundled model, and a little of the corpus: enough for a command to work on, few enough tokens for a second.</summary>
internal static class SampleText
{
    /// <summary>The bundled model's folder.</summary>
    public static string Model { get; } = Path.Combine(Fixtures.Repository, "models", "sample-lm");

    /// <summary>The held-out documents, all of them.</summary>
    public static string Validation { get; } = Path.Combine(Fixtures.Repository, "corpus", "validation.jsonl.gz");

    /// <summary>Writes the first documents of the held-out text to a file.</summary>
    public static string Write(string path, int documents)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(Validation), CompressionMode.Decompress));
        File.WriteAllLines(path, Enumerable.Range(0, documents).Select(_ => reader.ReadLine()!));
        return path;
    }
}
