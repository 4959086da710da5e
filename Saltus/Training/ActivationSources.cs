namespace Saltus.Training;

/// <summary>What every source of activations can fall back on.</summary>
internal static class ActivationSources
{
    private const int SkippedAtOnce = 1024;

    /// <summary>Skips by reading. A batch always takes as many rows as fit, so the last one is made to measure.</summary>
    public static long ReadAndForget(IActivationSource source, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long skipped = 0;
        while (skipped < count)
        {
            int size = (int)Math.Min(SkippedAtOnce, count - skipped);
            using ActivationBatch batch = new(size, source.Width);
            do
            {
                source.Read(batch);
                skipped += batch.Count;
            }
            while (batch.Count > 0 && skipped + size <= count);
            if (batch.Count == 0)
            {
                break;
            }
        }

        return skipped;
    }
}
