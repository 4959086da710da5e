using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Training;

/// <summary>Trains the SAEs of a sweep on shared batches, a group in one pass over the vectors.</summary>
/// <param name="team">Threads.</param>
/// <param name="time">For timings, and for when checkpoints are due.</param>
/// <param name="checkpoints">When checkpoints are written, of all SAEs of the group at once.</param>
public sealed class SweepTraining(WorkTeam team, TimeProvider time, CheckpointPolicy checkpoints)
{
    /// <summary>Gets who is told, in lines for a person, from where SAEs go on and what was damaged; null (the default) for nobody.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Gets the time spent waiting for vectors.</summary>
    public TimeSpan Reading { get; private set; }

    /// <summary>Gets the time spent in training steps.</summary>
    public TimeSpan Stepping { get; private set; }

    /// <summary>Trains those SAEs of a group that are not trained yet, each to the bytes that it would have alone.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="group">SAEs that fit into memory together.</param>
    /// <param name="source">Opens the vectors at their beginning.</param>
    /// <param name="inputs">What is read (model, text, …) with checksums.</param>
    /// <param name="metadata">What the SAEs' files will say, the method apart.</param>
    /// <param name="progress">Told every step; null for nobody.</param>
    /// <param name="cancellation">Checked at every batch; checkpoints are left.</param>
    /// <exception cref="InputException">Vectors or folders cannot be used, a number is not finite, or the file system refused.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Train(
        SweepFolder folder,
        IReadOnlyList<SweepMember> group,
        Func<IActivationSource> source,
        IReadOnlyDictionary<string, string> inputs,
        SaeMetadata metadata,
        IProgress<SweepStep>? progress,
        CancellationToken cancellation)
    {
        SweepMember[] open = [.. group.Where(member => !IsTrained(folder.PathOf(member)))];
        if (open.Length == 0)
        {
            return;
        }

        List<RunFolder> folders = [];
        try
        {
            foreach (SweepMember member in open)
            {
                folders.Add(RunFolder.Open(folder.PathOf(member), member.Configuration, inputs));
                foreach (string note in folders[^1].Notes)
                {
                    Note?.Invoke(note);
                }
            }

            using IActivationSource vectors = source();
            using TrainingPass pass = new(team, vectors, time, checkpoints);
            for (int i = 0; i < open.Length; i++)
            {
                pass.Add(open[i].Configuration, folders[i], targetWidth: null);
            }

            Run(pass, open, progress, cancellation);
            for (int i = 0; i < open.Length; i++)
            {
                using SparseAutoencoder sae = pass.Members[i].Finish(metadata with { TrainingMethod = open[i].Configuration.Method });
                SaeLensWriter.Write(folders[i].SaePath, sae);
                folders[i].SealSae();
            }
        }
        catch (Exception) when (!folders.Any(run => run.HasSteps))
        {
            // What has begun stays, to be gone on with; of what could not be done nothing does.
            folders.ForEach(run => run.Discard());
            throw;
        }
        finally
        {
            folders.ForEach(run => run.Dispose());
        }
    }

    private static bool IsTrained(string path)
    {
        if (!RunFolder.IsFinished(path))
        {
            return false;
        }

        RunFolder.CheckSae(path);
        return true;
    }

    private void Run(TrainingPass pass, SweepMember[] members, IProgress<SweepStep>? progress, CancellationToken cancellation)
    {
        long done = pass.Members.Sum(member => member.Tokens);
        long total = members.Sum(member => member.Configuration.Steps() * (long)member.Configuration.Batch!.Value);
        try
        {
            pass.Run(
                (place, step) =>
                {
                    done += members[place].Configuration.Batch!.Value;
                    progress?.Report(new SweepStep(members[place], step, done, total));
                },
                cancellation);
        }
        finally
        {
            Reading += pass.Reading;
            Stepping += pass.Stepping;
        }
    }
}
