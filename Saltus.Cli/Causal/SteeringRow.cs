using Saltus.Reports;

namespace Saltus.Cli.Causal;

/// <summary>How often generated text has a latent's top tokens.</summary>
/// <param name="Latent">The latent.</param>
/// <param name="CountWithout">Of the tokens generated without steering.</param>
/// <param name="TokensWithout">How many those are.</param>
/// <param name="CountWith">Of the tokens generated with it.</param>
/// <param name="TokensWith">How many those are.</param>
internal sealed record SteeringRow(LatentReport Latent, int CountWithout, int TokensWithout, int CountWith, int TokensWith)
{
    /// <summary>Gets the share of top tokens without steering.</summary>
    public double Without => (double)CountWithout / TokensWithout;

    /// <summary>Gets their share with it.</summary>
    public double With => (double)CountWith / TokensWith;

    /// <summary>Gets whether none came without steering, so that one is assumed and the multiple is a lower bound.</summary>
    public bool IsBound => CountWithout == 0;

    /// <summary>Gets how many times as often they come.</summary>
    public double Multiple => With / ((double)Math.Max(1, CountWithout) / TokensWithout);
}
