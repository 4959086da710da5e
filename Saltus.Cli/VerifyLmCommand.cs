using System.CommandLine;
using Saltus.Cli.Hub;
using Saltus.Kernels;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary><c>verify lm</c>: a language model against activations, logits and losses of another program.</summary>
internal sealed class VerifyLmCommand : Verb
{
    private readonly Option<string> _reference = CommonOptions.Reference("FILE.safetensors");

    /// <summary>Creates the command.</summary>
    public VerifyLmCommand(ToolContext context)
        : base(context, "lm", "compare a language model with reference activations, logits and losses")
    {
        Options.Add(CommonOptions.RequiredModel);
        Options.Add(_reference);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["saltus verify lm --model models/sample-lm --reference models/sample-lm/golden.safetensors"];

    /// <inheritdoc/>
    public override string Usage => "--model DIR --reference FILE.safetensors [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "The reference holds input_ids with tensors named by site (resid_post.2, attn_z.0, logits, loss, splice.*), or passages (passage0.input_ids, …). "
        + "A tensor may be off by 3e-5 of its largest value. Tensors that are not known are printed as not compared.",
    ];

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string folder = HubModels.Find(values.GetRequiredValue(CommonOptions.RequiredModel));
        string reference = values.GetRequiredValue(_reference);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        using LanguageModel model = LanguageModel.Load(folder);
        return ComparisonReport.Write(Context, folder, reference, LanguageModelVerification.Compare(team, model, reference));
    }
}
