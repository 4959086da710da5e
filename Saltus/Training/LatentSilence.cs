namespace Saltus.Training;

/// <summary>How long each latent has been silent, and which count as dead.</summary>
/// <param name="latents">M.</param>
/// <param name="rule">In what silence is counted.</param>
/// <param name="deadAfter">Tokens or steps.</param>
internal sealed class LatentSilence(int latents, DeadRule rule, long deadAfter)
{
    /// <summary>Gets the silence of each latent, in tokens or steps, [M].</summary>
    public long[] Since { get; } = new long[latents];

    /// <summary>Whether a latent counts as dead at this moment.</summary>
    /// <param name="latent">The latent.</param>
    /// <returns>Under the rule: silent for at least so many tokens, or for more than so many steps.</returns>
    public bool IsDead(int latent) => rule == DeadRule.Tokens ? Since[latent] >= deadAfter : Since[latent] > deadAfter;

    /// <summary>Counts the dead latents at this moment.</summary>
    /// <returns>0 … M.</returns>
    public int CountDead()
    {
        int dead = 0;
        for (int latent = 0; latent < Since.Length; latent++)
        {
            dead += IsDead(latent) ? 1 : 0;
        }

        return dead;
    }

    /// <summary>Takes in what a batch showed.</summary>
    /// <param name="active">Rows on which each latent was active, [M].</param>
    /// <param name="rows">B.</param>
    public void Advance(ReadOnlySpan<int> active, int rows)
    {
        for (int latent = 0; latent < active.Length; latent++)
        {
            Since[latent] = active[latent] > 0 ? 0 : Since[latent] + (rule == DeadRule.Tokens ? rows : 1);
        }
    }
}
