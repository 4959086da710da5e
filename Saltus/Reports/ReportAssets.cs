using System.Text;

namespace Saltus.Reports;

/// <summary>The files of the page, which the assembly carries inside it.</summary>
internal static class ReportAssets
{
    /// <summary>Our scripts in the order in which they build on each other; they share one scope.</summary>
    private static readonly string[] s_scripts =
    [
        "elements.js", "numbers.js", "tokens.js", "data.js", "tips.js", "theme.js", "header.js", "charts.js", "training.js",
        "explanations.js", "fidelity.js", "comparison.js", "frequency.js", "search.js", "list.js", "snippets.js", "latent.js", "main.js",
    ];

    private static readonly string[] s_sweepScripts = ["elements.js", "numbers.js", "tips.js", "theme.js", "charts.js", "sweep.js"];

    private static readonly string[] s_styles = ["base.css", "sections.css", "latents.css", "sweep.css", "print.css"];

    /// <summary>Reads one file as text.</summary>
    /// <param name="name">Its name without folders.</param>
    /// <returns>Its text.</returns>
    public static string Text(string name)
    {
        using Stream stream = typeof(ReportAssets).Assembly.GetManifestResourceStream("Saltus.Reports." + name)
            ?? throw new InvalidOperationException($"the assembly carries no {name}");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Joins the scripts of a run's page into one, in a scope of their own.</summary>
    /// <returns>The script.</returns>
    public static string RunScript() => Join(s_scripts);

    /// <summary>Joins the scripts of a sweep's page into one, in a scope of their own.</summary>
    /// <returns>The script.</returns>
    public static string SweepScript() => Join(s_sweepScripts);

    /// <summary>Joins our styles.</summary>
    /// <returns>The style sheet.</returns>
    public static string OwnStyle() => string.Concat(s_styles.Select(Text));

    private static string Join(string[] scripts) => "(() => {\n\"use strict\";\n" + string.Concat(scripts.Select(Text)) + "})();\n";
}
