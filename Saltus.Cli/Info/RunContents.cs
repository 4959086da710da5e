using Saltus.Autoencoders;
using Saltus.Formats;
using Saltus.Training;

namespace Saltus.Cli.Info;

/// <summary>Describes a run's folder.</summary>
internal static class RunContents
{
    private static readonly string[] s_parts = ["sae", "eval.json", "report.html", "checkpoints"];

    /// <summary>Describes what was trained, and what the folder holds of it.</summary>
    public static Contents Read(string path)
    {
        RunConfiguration run = RunFolder.ReadConfiguration(path);
        Contents contents = new Contents("run")
            .Add("method", run.Method ?? MethodNames.JumpRelu)
            .Add("recipe", run.Recipe)
            .Add("width", run.Width)
            .Add("target_l0", run.L0)
            .Add("lambda", run.Lambda)
            .Add("tokens", run.Tokens)
            .Add("batch", run.Batch)
            .Add("seed", run.Seed)
            .Add("model", run.Model)
            .Add("site", run.Site)
            .Add("layer", run.Layer)
            .Add("context", run.Context)
            .Add("text", run.Text)
            .Add("activations", run.Activations)
            .Add("logged_steps", (long)File.ReadLines(Path.Combine(path, RunFolder.MetricsName)).Count())
            .Add("holds", string.Join(", ", s_parts.Where(part => Path.Exists(Path.Combine(path, part)))));
        string sae = Path.Combine(path, "sae");
        if (!SaeReader.IsSae(sae))
        {
            return contents;
        }

        using SparseCoder trained = SaeReader.Read(sae).Sae;
        return contents.Add("input", trained.InputWidth);
    }
}
