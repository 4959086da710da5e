using System.CommandLine;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Cli;

/// <summary><c>verify sae</c>: an SAE against latents and outputs of another program.</summary>
internal sealed class VerifySaeCommand : Verb
{
    private readonly Option<string> _reference = CommonOptions.Reference("FILE.safetensors");

    /// <summary>Creates the command.</summary>
    public VerifySaeCommand(ToolContext context)
        : base(context, "sae", "compare a sparse autoencoder with reference latents and outputs")
    {
        Options.Add(CommonOptions.RequiredSae);
        Options.Add(_reference);
        SaeOptions.AddTo(this);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        ["saltus verify sae --sae Saltus.Tests/Golden/sae/saelens/jumprelu --reference Saltus.Tests/Golden/sae/saelens/jumprelu/golden.safetensors"];

    /// <inheritdoc/>
    public override string Usage => "--sae DIR --reference FILE.safetensors [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "The reference holds the vectors x with the latents acts and the output out, perhaps recon and pre. The same latents must be active; values may be off by "
        + "1e-4 of themselves and 1e-4 of the largest of their row. Tensors that are not known are printed as not compared.",
    ];

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string folder = values.GetRequiredValue(CommonOptions.RequiredSae);
        string reference = values.GetRequiredValue(_reference);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        string meta = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(reference))!, SaeVerification.MetaName);
        (string path, SaeHints known) = SaeFolder.Locate(folder);
        SaeHints hints = SaeOptions.HintsOf(values, File.Exists(meta) ? SaeHints.FromMeta(meta) : known) with { Mapping = SaeMapping.Never };
        LoadedSae loaded = SaeReader.Read(path, hints);
        using (loaded.Sae)
        {
            return ComparisonReport.Write(Context, folder, reference, SaeVerification.Compare(team, loaded, reference, hints.Convention));
        }
    }
}
