namespace Saltus.Tests.Support;

/// <summary>Compares text with a golden file of ours, exactly. UPDATE_GOLDEN=1 writes the files anew instead.</summary>
internal static class GoldenText
{
    /// <summary>Whether golden files are written and not compared.</summary>
    public static bool IsUpdating { get; } = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    /// <summary>Compares a text; a difference fails with the first line that differs.</summary>
    /// <param name="path">The golden file.</param>
    /// <param name="actual">The text.</param>
    public static void Check(string path, string actual)
    {
        string text = actual.ReplaceLineEndings("\n");
        if (IsUpdating)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing: UPDATE_GOLDEN=1 writes it; read it before it is committed");
        string[] expected = File.ReadAllText(path).Split('\n');
        string[] found = text.Split('\n');
        for (int line = 0; line < Math.Max(expected.Length, found.Length); line++)
        {
            string? mine = line < found.Length ? found[line] : null;
            string? theirs = line < expected.Length ? expected[line] : null;
            Assert.True(mine == theirs, $"{path}, line {line + 1}:\nexpected: {theirs ?? "(end)"}\nfound:    {mine ?? "(end)"}");
        }
    }
}
