namespace Saltus.Kernels;

/// <summary>Whether encoding screens in 8-bit integers first. The result is the same bit for bit; only the time differs.</summary>
internal enum ScreenMode
{
    /// <summary>Screens where the processor, the shapes and the share of candidates of the last calls make it pay.</summary>
    Automatic,

    /// <summary>Screens whatever it costs: for tests and measurements.</summary>
    Always,

    /// <summary>Never screens.</summary>
    Never,
}
