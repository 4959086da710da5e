using Saltus.Reports;

namespace Saltus.Cli;

/// <summary>
/// What other tools' own trainers reached at the demo's place and width, each with the best of the learning rates tried: measured
/// once with their released versions on the bundled model and corpus, evaluated on the first 400 full windows of the validation text.
/// </summary>
internal static class Baselines
{
    /// <summary>The site of the rows.</summary>
    public const string Site = "resid_post";

    /// <summary>The layer of the rows.</summary>
    public const int Layer = 2;

    /// <summary>The latents of the rows.</summary>
    public const int Width = 2048;

    /// <summary>The L0 that the rows aimed at.</summary>
    public const double TargetL0 = 32;

    /// <summary>What makes the rows comparable.</summary>
    public const string Note =
        "Other tools' own trainers at the same site, width and target, each with the best of several learning rates, one seed, "
        + "evaluated on the first 400 full windows of the validation text (102,000 tokens); other windows move the figures by about 1 %.";

    /// <summary>Gets the rows.</summary>
    public static IReadOnlyList<ComparisonRow> Rows { get; } =
    [
        new("dictionary_learning", "BatchTopK 32", 2_050_000, 31.67, 0.0970, 0.0950, 0.9846),
        new("dictionary_learning", "TopK 32", 2_050_000, 32.00, 0.1010, 0.1058, 0.9828),
        new("dictionary_learning", "JumpReLU, target 32", 2_050_000, 33.04, 0.1443, 0.1609, 0.9739),
        new("SAELens", "JumpReLU, quadratic, target 32", 2_050_000, 33.91, 0.1316, 0.1976, 0.9680),
        new("dictionary_learning", "BatchTopK 32", 4_100_000, 32.69, 0.0913, 0.0877, 0.9858),
        new("dictionary_learning", "TopK 32", 4_100_000, 32.00, 0.0968, 0.1029, 0.9833),
        new("SAELens", "BatchTopK 32", 4_100_000, 31.57, 0.1088, 0.1053, 0.9829),
        new("SAELens", "TopK 32", 4_100_000, 32.00, 0.1113, 0.1187, 0.9808),
        new("SAELens", "JumpReLU, quadratic, target 32", 4_100_000, 33.41, 0.1178, 0.1394, 0.9774),
    ];
}
