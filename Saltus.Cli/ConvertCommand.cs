using System.CommandLine;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Cli;

/// <summary><c>convert SRC DST</c>: an SAE of any format that is read → one of those that are written.</summary>
internal sealed class ConvertCommand : Verb
{
    private const long SmallFiles = 1 << 20;

    private static readonly Dictionary<string, TensorDtype> s_dtypes = new(StringComparer.Ordinal)
    {
        ["f32"] = TensorDtype.F32,
        ["f16"] = TensorDtype.F16,
        ["bf16"] = TensorDtype.BF16,
    };

    private readonly Argument<string> _source = new("SRC") { Description = "The folder or file of an SAE, a run folder, or the name of a published SAE that was pulled." };
    private readonly Argument<string> _target = new("DST") { Description = "A new or empty folder, or one with nothing but files that are replaced." };
    private readonly Option<string> _to = OptionKinds.Choice("--to", "The format to write.", [.. SaeWriter.Formats]);
    private readonly Option<string> _dtype = OptionKinds.Choice("--dtype", "What weights are rounded to; default: f32.", [.. s_dtypes.Keys]);

    /// <summary>Creates the command.</summary>
    public ConvertCommand(ToolContext context)
        : base(context, "convert", "write an SAE in another tool's format")
    {
        _to.Required = true;
        Arguments.Add(_source);
        Arguments.Add(_target);
        Options.Add(_to);
        Options.Add(_dtype);
        SaeOptions.AddTo(this);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["saltus convert Saltus.Tests/Golden/sae/saelens/jumprelu converted --to gemma-scope"];

    /// <inheritdoc/>
    public override string Usage => "SRC DST --to FORMAT [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "What the format cannot express is refused, and why. Before the folder appears, what was written is read back and encodes a probe batch beside the original. "
        + "Printed is what was folded into weights on the way, and what the format has no place for.",
    ];

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string source = values.GetRequiredValue(_source), target = values.GetRequiredValue(_target), format = values.GetRequiredValue(_to);
        (string path, SaeHints hints) = SaeFolder.Locate(source);
        CheckTarget(path, target);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        LoadedSae loaded = SaeReader.Read(path, SaeOptions.HintsOf(values, hints) with { ForInference = true });
        using (loaded.Sae)
        {
            long weights = (long)loaded.Sae.Latents * (loaded.Sae.InputWidth + loaded.Sae.OutputWidth + 2);
            Limits.CheckDisk("DST", target, (weights * sizeof(float)) + SmallFiles);
            TensorDtype dtype = values.GetValue(_dtype) is string name ? s_dtypes[name] : TensorDtype.F32;
            IReadOnlyList<string> notes = SaeWriter.Write(team, target, loaded, format, dtype);
            Say(target, format, loaded, notes);
        }

        return ExitCode.Done;
    }

    /// <summary>Refuses a target that is the source, or lies above it: it would be replaced.</summary>
    private static void CheckTarget(string source, string target)
    {
        string from = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)), to = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target));
        if (from == to || from.StartsWith(to + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InputException($"convert: DST '{target}': expected another folder than SRC '{source}', found the same or one above it; choose another");
        }
    }

    private void Say(string target, string format, LoadedSae loaded, IReadOnlyList<string> notes)
    {
        if (!Context.IsJson)
        {
            Context.Out.WriteLine($"{target}: {format}, {loaded.Sae.Latents} latents, {loaded.Sae.InputWidth} to {loaded.Sae.OutputWidth}");
            foreach (string line in loaded.Notes.Select(note => $"  read: {note}").Concat(notes.Select(note => $"  written: {note}")))
            {
                Context.Out.WriteLine(InputException.OneLine(line));
            }

            return;
        }

        Context.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("folder", target);
            writer.WriteString("format", format);
            foreach ((string key, IReadOnlyList<string> lines) in new[] { ("read", loaded.Notes), ("written", notes) })
            {
                writer.WriteStartArray(key);
                foreach (string line in lines)
                {
                    writer.WriteStringValue(line);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        });
    }
}
