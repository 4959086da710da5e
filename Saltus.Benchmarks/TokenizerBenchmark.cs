using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Saltus.Kernels;
using Saltus.Lm.Tokenizers;

namespace Saltus.Benchmarks;

/// <summary>
/// Text to ids: documents of the sample corpus with one tokenizer, by one thread and by two; long words and runs against texts of a tenth
/// of their length; loading a file. Speeds count UTF-8 bytes of text.
/// </summary>
internal static class TokenizerBenchmark
{
    private const int Repeats = 7;
    private const double Mega = 1e6;

    public static void Run(TextWriter output, string tokenizerPath, string corpusPath)
    {
        double load = Median(() => Tokenizer.Load(tokenizerPath));
        output.WriteLine($"loading {tokenizerPath}, {new FileInfo(tokenizerPath).Length / Mega:F1} MB: {load * 1e3:F0} ms");
        Tokenizer tokenizer = Tokenizer.Load(tokenizerPath);
        string[] texts = ReadTexts(corpusPath);
        double megabytes = texts.Sum(text => (long)Encoding.UTF8.GetByteCount(text)) / Mega;
        double alone = 0;
        foreach (int threads in new[] { 1, 2 })
        {
            using WorkTeam team = new(threads);
            double seconds = Median(() => tokenizer.EncodeBatch(texts, team));
            alone = threads == 1 ? seconds : alone;
            output.WriteLine($"{threads} threads: {megabytes:F1} MB in {seconds * 1e3:F0} ms, {megabytes / seconds:F1} MB/s, {alone / seconds:F2} × one thread");
        }

        List<int> ids = [];
        double fresh = Median(() =>
        {
            Tokenizer cold = Tokenizer.Load(tokenizerPath);
            ids.Clear();
            long start = Stopwatch.GetTimestamp();
            foreach (string text in texts)
            {
                cold.EncodeIds(text, ids);
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        output.WriteLine($"1 thread, nothing remembered from a run before: {megabytes / fresh:F1} MB/s, {ids.Count} tokens");
        Ratio(output, tokenizer, "a word of", 'q', 5_000);
        Ratio(output, tokenizer, "one character,", 'a', 1_000_000);
        Ratio(output, tokenizer, "one character,", ' ', 1_000_000);
        Ratio(output, tokenizer, "one character,", '!', 1_000_000);
    }

    private static void Ratio(TextWriter output, Tokenizer tokenizer, string what, char unit, int length)
    {
        List<int> ids = [];
        string text = new(unit, length);
        double tenth = Median(() => Encode(text.AsSpan(0, length / 10), 10));
        double whole = Median(() => Encode(text, 1));
        output.WriteLine($"{what} {length} '{unit}': {length / whole / Mega:F1} MB/s, {whole / tenth:F2} × ten of a tenth");

        void Encode(ReadOnlySpan<char> part, int times)
        {
            for (int i = 0; i < times; i++)
            {
                ids.Clear();
                tokenizer.EncodeIds(part, ids);
            }
        }
    }

    private static string[] ReadTexts(string path)
    {
        using var unpacked = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        List<string> texts = [];
        for (string? line = reader.ReadLine(); line is not null; line = reader.ReadLine())
        {
            using JsonDocument document = JsonDocument.Parse(line);
            texts.Add(document.RootElement.GetProperty("text").GetString()!);
        }

        return [.. texts];
    }

    private static double Median(Action action) => Median(() =>
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    private static double Median(Func<double> measure)
    {
        double[] seconds = new double[Repeats];
        measure();
        for (int i = 0; i < Repeats; i++)
        {
            seconds[i] = measure();
        }

        Array.Sort(seconds);
        return seconds[Repeats / 2];
    }
}
