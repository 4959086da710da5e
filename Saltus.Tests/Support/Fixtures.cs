namespace Saltus.Tests.Support;

/// <summary>
/// Finds the reference data that other programs made: the copies carried under Golden/, and a further root of the same layout when
/// SALTUS_FIXTURES names one. Tests iterate over what is found, in ordinal order of names.
/// </summary>
internal static class Fixtures
{
    /// <summary>The repository's root folder, found upwards from the test assembly.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The carried goldens first, then the root that SALTUS_FIXTURES names.</summary>
    public static IReadOnlyList<string> Roots { get; } = FindRoots();

    /// <summary>All folders below <paramref name="area"/> of any root for which <paramref name="isCase"/> holds; fails on an area without one.</summary>
    /// <param name="area">A folder of a root, such as "lm".</param>
    /// <param name="isCase">Whether a folder is a case.</param>
    /// <param name="recursive">Whether to look at any depth.</param>
    /// <returns>Full paths, ordinal order within a root.</returns>
    public static List<string> Cases(string area, Func<string, bool> isCase, bool recursive = false)
    {
        List<string> cases = [];
        foreach (string root in Roots)
        {
            string folder = Path.Combine(root, area);
            if (!Directory.Exists(folder))
            {
                TestContext.Current.SendDiagnosticMessage($"{root} has no folder {area}: nothing to compare there");
                continue;
            }

            string[] found = [.. Directory
                .EnumerateDirectories(folder, "*", recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
                .Where(isCase)
                .Order(StringComparer.Ordinal)];
            Assert.True(found.Length > 0, $"{folder} holds no case");
            cases.AddRange(found);
        }

        return cases;
    }

    private static string FindRepository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Saltus.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("the tests must run from inside the repository");
    }

    private static List<string> FindRoots()
    {
        List<string> roots = [Path.Combine(Repository, "Saltus.Tests", "Golden")];
        string? more = Environment.GetEnvironmentVariable("SALTUS_FIXTURES");
        if (!string.IsNullOrEmpty(more))
        {
            string full = Path.GetFullPath(more);
            if (!Directory.EnumerateDirectories(full).Any())
            {
                throw new InvalidOperationException($"SALTUS_FIXTURES={more} holds no folder");
            }

            roots.Add(full);
        }

        return roots;
    }
}
