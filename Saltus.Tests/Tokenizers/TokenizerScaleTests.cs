using System.Diagnostics;
using System.Globalization;
using System.Text;
using Saltus.Lm.Tokenizers;
using Saltus.Tensors;
using Saltus.Tests.Cli;
using Saltus.Tests.Support;

namespace Saltus.Tests.Tokenizers;

public sealed class TokenizerScaleTests
{
    private const int MegaBytes = 1_000_000;

    [Fact]
    [Trait("once", "yes")]
    public void A_file_of_20_MB_is_read_within_300_MB()
    {
        const long MostMemory = 300L * MegaBytes;
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("a process's largest memory is read from /proc");
        }

        using TemporaryFolder folder = new();
        string file = folder["tokenizer.json"];
        LargeTokenizer.Write(file);
        Assert.InRange(new FileInfo(file).Length, 20L * MegaBytes, 30L * MegaBytes);
        long start = Stopwatch.GetTimestamp();
        using Process process = ToolProcess.Start(folder.Path, "info", file, "--json");
        long most = 0;
        while (!process.WaitForExit(2))
        {
            most = Math.Max(most, LargestMemory(process.Id));
        }

        TimeSpan time = Stopwatch.GetElapsedTime(start);
        ToolResult result = ToolProcess.Finish(process);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(LargeTokenizer.Tokens.ToString(CultureInfo.InvariantCulture), result.Out, StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage($"{new FileInfo(file).Length / MegaBytes} MB of tokenizer in {time.TotalSeconds:F2} s, {most / MegaBytes} MB");
        Assert.InRange(most, 1, MostMemory);
    }

    [Fact]
    public void A_long_word_lays_a_number_of_pairs_on_the_heap_that_is_linear_in_its_length()
    {
        // Each merge removes a symbol and makes at most two new pairs: with the first ones at most three for each symbol.
        const int PairsOfSymbol = 3;
        var random = new RandomSource(8, "long words");
        foreach (int length in (int[])[100, 5000, 50_000, 1_000_000])
        {
            foreach (int letters in (int[])[1, 2, 26])
            {
                MergeTable table = Table(letters);
                var workspace = new MergeWorkspace();
                for (int i = 0; i < length; i++)
                {
                    workspace.Add(random.NextInt(letters), 1);
                }

                workspace.Merge(table);
                Assert.InRange(workspace.Pushed, 1, PairsOfSymbol * length);
                Assert.Equal(length, workspace.Lengths.ToArray().Sum());
            }
        }
    }

    [Fact]
    public void A_megabyte_of_one_character_is_a_piece_or_two()
    {
        foreach (string unit in (string[])["a", "A", " ", "!", "\u0301", "\u4E00", "\n", "\U0001D400"])
        {
            string text = string.Concat(Enumerable.Repeat(unit, MegaBytes / unit.Length));
            foreach (PieceScanner scanner in (PieceScanner[])[new Gpt2Scanner(), new Llama3Scanner(3), new NemoScanner(), new MarkScanner()])
            {
                int pieces = 0;
                for (int start = 0; start < text.Length; pieces++)
                {
                    start = scanner.End(text, start);
                }

                Assert.InRange(pieces, 1, 2);
            }
        }
    }

    // Every two letters merge, and what comes of them again, up to eight letters.
    private static MergeTable Table(int letters)
    {
        int[] level = [.. Enumerable.Range(0, letters)];
        int next = letters;
        List<(int, int, int)> merges = [];
        for (int depth = 0; depth < 3; depth++)
        {
            List<int> made = [];
            foreach (int left in level)
            {
                foreach (int right in level.Take(8))
                {
                    merges.Add((left, right, next));
                    made.Add(next++);
                }
            }

            level = [.. made.Take(64)];
        }

        var table = new MergeTable(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            table.Set(merges[rank].Item1, merges[rank].Item2, rank, merges[rank].Item3);
        }

        return table;
    }

    private static long LargestMemory(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status", Encoding.ASCII).FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.AsSpan(6, line.Length - 9), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
            return 0;
        }
    }
}
