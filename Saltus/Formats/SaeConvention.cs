namespace Saltus.Formats;

/// <summary>Whose reading of a file is meant where the tools that read it disagree with those who published it.</summary>
public enum SaeConvention
{
    /// <summary>What the tool that users load it with computes (for published releases: SAELens).</summary>
    Tool,

    /// <summary>What its authors say that it computes. Only Llama Scope has such a second reading.</summary>
    Authors,
}
