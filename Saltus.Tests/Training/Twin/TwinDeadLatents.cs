namespace Saltus.Tests.Training.Twin;

/// <summary>
/// Which latents are dead. "tokens": the counters are advanced and reset by the current batch first, dead from dead_after tokens on. "steps": as before the
/// batch, dead when more than dead_after steps passed without firing.
/// </summary>
internal sealed class TwinDeadLatents(TwinOptions options)
{
    /// <summary>Tokens or steps since each latent fired [F].</summary>
    public long[] Since { get; } = new long[options.Latents];

    /// <summary>The rule of a pass.</summary>
    public bool[] Judge(DoubleMatrix latents)
    {
        if (options.DeadRule == "steps")
        {
            return [.. Since.Select(steps => steps > options.DeadAfter)];
        }

        Advance(latents, latents.Rows);
        return [.. Since.Select(tokens => tokens >= options.DeadAfter)];
    }

    /// <summary>To be called after the pass.</summary>
    public void AfterPass(DoubleMatrix latents)
    {
        if (options.DeadRule == "steps")
        {
            Advance(latents, 1);
        }
    }

    private void Advance(DoubleMatrix latents, int amount)
    {
        for (int i = 0; i < Since.Length; i++)
        {
            bool fired = false;
            for (int b = 0; b < latents.Rows; b++)
            {
                fired |= latents[b, i] > 0;
            }

            Since[i] = fired ? 0 : Since[i] + amount;
        }
    }
}
