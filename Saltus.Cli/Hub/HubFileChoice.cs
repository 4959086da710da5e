using System.IO.Enumeration;

namespace Saltus.Cli.Hub;

/// <summary>Which files of a repository are fetched.</summary>
internal static class HubFileChoice
{
    private static readonly string[] s_weights = ["*.safetensors"];
    private static readonly string[] s_withWeights = ["*.json", "LICENSE*", "README.md"];

    /// <summary>Chooses.</summary>
    /// <param name="name">The repository.</param>
    /// <param name="paths">Every file.</param>
    /// <param name="patterns">What was asked for, such as <c>*.Q4_1.gguf</c>, where * matches any characters, slashes too; none for a language model's own files.</param>
    /// <returns>The files to fetch, at least one.</returns>
    /// <exception cref="InputException">Nothing would be fetched, or what cannot be read.</exception>
    public static IReadOnlyList<string> Choose(HubName name, IReadOnlyList<string> paths, IReadOnlyList<string> patterns)
    {
        if (patterns.Count > 0)
        {
            string[] asked = [.. paths.Where(path => Matches(path, patterns))];
            return asked.Length > 0
                ? asked
                : throw new InputException($"{name}: --include {string.Join(" --include ", patterns)}: expected to match a file, found none among {paths.Count}; see 'saltus pull {name} --list'");
        }

        // A model's files lie in the root; folders beside them hold other forms of the same weights.
        string[] root = [.. paths.Where(path => !path.Contains('/', StringComparison.Ordinal))];
        string[] weights = [.. root.Where(path => Matches(path, s_weights))];
        if (weights.Length > 0 && root.Contains("config.json", StringComparer.Ordinal))
        {
            return [.. root.Where(path => Matches(path, s_withWeights)), .. weights];
        }

        string advice = root.Any(path => path.EndsWith(".bin", StringComparison.Ordinal) || path.EndsWith(".pth", StringComparison.Ordinal))
            ? "PyTorch weights (.bin, .pth) can run code when they are read and are refused: look for a revision with safetensors, often refs/pr/N, or convert them"
            : $"name the files with --include, after 'saltus pull {name} --list'";
        throw new InputException($"{name}: expected config.json and safetensors files of a language model in its root, found {Summary(root)}; {advice}");
    }

    private static bool Matches(string path, IReadOnlyList<string> patterns) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false));

    private static string Summary(string[] root) => root.Length == 0 ? "folders only" : string.Join(", ", root.Take(6)) + (root.Length > 6 ? $" and {root.Length - 6} more" : string.Empty);
}
