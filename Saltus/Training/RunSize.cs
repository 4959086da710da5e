namespace Saltus.Training;

/// <summary>What a run takes of disk and memory, known before it begins: to refuse what cannot end well.</summary>
internal static class RunSize
{
    /// <summary>Two are kept while a third is written.</summary>
    private const int CheckpointsAtOnce = 3;

    private const long BytesOfLogLine = 1024;
    private const int LogEvery = 10;
    private const int BytesOfOrigin = 4 * sizeof(int);

    /// <summary>Computes the bytes of the run's folder when it holds most.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <param name="width">d.</param>
    /// <returns>Bytes, about: three checkpoints, the SAE, the logs.</returns>
    public static long DiskBytes(RunConfiguration run, int width) =>
        (CheckpointsAtOnce * Remembered(run, width)) + WeightBytes(run, width) + ((run.Steps() / LogEvery) * BytesOfLogLine);

    /// <summary>Computes the bytes that training holds, the language model not counted.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <param name="width">d.</param>
    /// <returns>Bytes, at least: what the trainer holds before any latent is active, and the shuffle buffer.</returns>
    public static long MemoryBytes(RunConfiguration run, int width)
    {
        TrainerOptions options = Recipe.Find(run.Recipe).Trainer(run);
        TrainerMemory trainer = new()
        {
            Latents = run.Width,
            Width = width,
            OutputWidth = width,
            Batch = run.Batch!.Value,
            KeepsFirst = options.Beta1 > 0,
            Levels = Math.Max(1, options.Prefixes.Count),
        };
        return trainer.Total + SharedBytes(run, width);
    }

    /// <summary>Computes how much of <see cref="MemoryBytes"/> runs on the same batches hold once together.</summary>
    /// <param name="run">Completed by its recipe.</param>
    /// <param name="width">d.</param>
    /// <returns>Bytes of the shuffle buffer.</returns>
    public static long SharedBytes(RunConfiguration run, int width)
    {
        long mixed = run.ShuffleBuffer is int buffer ? Math.Min(buffer, run.Tokens) : 0;
        return mixed * ((width * (long)sizeof(float)) + BytesOfOrigin);
    }

    private static long WeightBytes(RunConfiguration run, int width) => 2L * run.Width * width * sizeof(float);

    /// <summary>Weights and second moments, and first moments where the recipe keeps any.</summary>
    private static long Remembered(RunConfiguration run, int width) => WeightBytes(run, width) * (Recipe.Find(run.Recipe).Trainer(run).Beta1 == 0 ? 2 : 3);
}
