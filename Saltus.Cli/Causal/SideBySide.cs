using System.Text;

namespace Saltus.Cli.Causal;

/// <summary>Two texts in two columns, wrapped at blanks.</summary>
internal static class SideBySide
{
    private const int Width = 48;

    /// <summary>Writes the columns.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="left">Heading and text.</param>
    /// <param name="right">Heading and text.</param>
    public static void Write(TextWriter output, (string Title, string Text) left, (string Title, string Text) right)
    {
        string[] first = [left.Title, .. Lines(left.Text)];
        string[] second = [right.Title, .. Lines(right.Text)];
        for (int i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            output.WriteLine($"{first.ElementAtOrDefault(i) ?? string.Empty,-Width}  {second.ElementAtOrDefault(i)}".TrimEnd());
        }
    }

    private static List<string> Lines(string text)
    {
        List<string> lines = [];
        foreach (string paragraph in text.Split('\n'))
        {
            StringBuilder line = new();
            foreach (string word in paragraph.Split(' '))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > Width)
                {
                    lines.Add(line.ToString());
                    line.Clear();
                }

                line.Append(line.Length > 0 ? " " : string.Empty).Append(word);
            }

            lines.Add(line.ToString());
        }

        return lines;
    }
}
