using System.Diagnostics;
using System.Globalization;
using Saltus.Training;

namespace Saltus.Cli.Bench;

/// <summary>
/// A checkpoint as a run waits for it (numbers looked at, logs flushed, hashed, written, file and folder waited for), above <c>dd</c> copying
/// the same bytes from memory to the same disk with the same wait. The oldest checkpoint is removed while the run goes on, and dd's last copy
/// before it begins: neither is timed. TMPDIR says on which disk.
/// </summary>
internal static class CheckpointGroup
{
    private const double L0 = 64;

    /// <summary>The checkpoint of a run of the usual shape.</summary>
    public static IEnumerable<BenchPair> Pairs(BenchSettings settings)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new InputException("--only checkpoint: expected a system with dd, which it is held against, found Windows");
        }

        string path = Directory.CreateTempSubdirectory("saltus-bench-").FullName;
        try
        {
            RunConfiguration run = Recipe.Complete(new RunConfiguration { Width = StepGroups.Latents, L0 = L0, Tokens = 1_000_000, Batch = settings.Batch, Activations = "none" });
            using StepData data = new(settings.Team, settings.Batch, StepGroups.Width, StepGroups.Latents, batches: 1);
            using Trainer trainer = new(settings.Team, data.Parameters, RunOptions.Method(run), Recipe.Find(run.Recipe).Trainer(run));
            trainer.Step(data.Next());
            TrainingState state = new();
            trainer.AddState(state);
            using RunFolder folder = RunFolder.Open(Path.Combine(path, "run"), run);
            int steps = 0;
            void Save() => folder.Save(state, ++steps, steps, TimeSpan.Zero);
            Save();
            string file = Directory.GetFiles(Path.Combine(folder.Path, "checkpoints"))[0];
            string same = Path.Combine(path, "same");
            string copy = Path.Combine(path, "copy");
            File.Copy(file, same);
            long bytes = new FileInfo(same).Length;
            using BenchCase dd = new("dd", "bs=1M conv=fsync", BenchWork.Bytes(bytes), () => Copy(same, copy))
            {
                Prepare = () =>
                {
                    folder.WaitForRemoval();
                    File.Delete(copy);
                },
            };
            using BenchCase checkpoint = new("checkpoint", $"d = {StepGroups.Width}, M = {StepGroups.Latents}", BenchWork.Bytes(bytes), Save)
            {
                Prepare = folder.WaitForRemoval,
                Note = () => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0} MB"),
            };
            yield return new BenchPair(checkpoint, dd);
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        using Process process = Process.Start("dd", [$"if={from}", $"of={to}", "bs=1M", "conv=fsync", "status=none"]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InputException($"dd of={to}: expected exit code 0, found {process.ExitCode}; make room, or set TMPDIR to another disk");
        }
    }
}
