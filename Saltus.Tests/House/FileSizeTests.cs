using Saltus.Tests.Support;

namespace Saltus.Tests.House;

/// <summary>Files stay small: one subject each.</summary>
public sealed class FileSizeTests
{
    private const int LongestFile = 600;
    private const int LongestMedian = 120;

    [Fact]
    public void No_file_is_long_and_most_are_short()
    {
        int[] lengths = [.. Directory
            .EnumerateDirectories(Fixtures.Repository, "Saltus*")
            .SelectMany(project => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories))
            .Select(file =>
            {
                int lines = File.ReadLines(file).Count();
                Assert.True(lines <= LongestFile, $"{file} has {lines} lines: at most {LongestFile}");
                return lines;
            })
            .Order()];
        Assert.InRange(lengths[lengths.Length / 2], 1, LongestMedian);
    }
}
