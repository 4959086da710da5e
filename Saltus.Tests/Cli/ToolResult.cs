namespace Saltus.Tests.Cli;

/// <summary>What a run of the tool left.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ToolResult(int ExitCode, string Out, string Error)
{
    /// <summary>Fails unless the tool did what it was asked for.</summary>
    public ToolResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}");
        return this;
    }

    /// <summary>Fails unless the tool refused with exit code 2 and one line on stderr that holds the words, and nothing on stdout.</summary>
    public ToolResult Refused(params string[] words)
    {
        Assert.True(ExitCode == 2, $"exit code {ExitCode}, stderr: {Error}");
        Assert.Equal(string.Empty, Out);
        Assert.EndsWith("\n", Error, StringComparison.Ordinal);
        Assert.True(Error.TrimEnd('\n').Split('\n').Length == 1, $"more than one line: {Error}");
        Assert.StartsWith("saltus: ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", Error, StringComparison.Ordinal);
        foreach (string word in words)
        {
            Assert.Contains(word, Error, StringComparison.Ordinal);
        }

        return this;
    }
}
