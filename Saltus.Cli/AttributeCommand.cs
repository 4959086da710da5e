using System.CommandLine;
using Saltus.Autoencoders;
using Saltus.Cli.Causal;
using Saltus.Kernels;
using Saltus.Lm.Interpretation;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary><c>attribute</c>: which latents at which tokens made a logit difference.</summary>
internal sealed class AttributeCommand : Verb
{
    private const int DefaultTop = 20;
    private const int DefaultChecked = 100;

    private readonly Option<string[]> _prompt = OptionKinds.Texts("--prompt", "TEXT", "Text whose continuation is explained; may be repeated.");
    private readonly Option<string> _prompts = OptionKinds.Text("--prompts", "FILE.txt", "Prompts, one a line.");
    private readonly LogitOptions _logits = new("default: the best next token and the second");
    private readonly Option<int[]> _at = OptionKinds.Wholes(
        "--at", "N", "Position at which the next token is predicted, 0 for the first; may be repeated; default: the last.", 0);

    private readonly Option<string> _method = OptionKinds.Choice(
        "--method",
        "Gradient times activation, or integrated gradients from no latent and no error to what is there; default gradient.",
        "gradient",
        "integrated");

    private readonly Option<int?> _steps = OptionKinds.Whole("--steps", "N", $"Points of integrated gradients; default {new AttributionOptions().Steps}.", 1);
    private readonly Option<int?> _check = OptionKinds.Whole(
        "--check", "N", $"Ablate the N latents of the largest attribution for real and print the rank correlation; 0 for none; default {DefaultChecked}.", 0);

    private readonly Option<double?> _atLeast = OptionKinds.Real(
        "--at-least", "X", "End with exit code 1 where the mean rank correlation of the prompts is below X.");

    private readonly Option<int?> _top = OptionKinds.Whole("--top", "N", $"Nodes and paths to show; default {DefaultTop}.", 1);
    private readonly Option<string> _second = OptionKinds.Text(
        "--second-sae", "DIR", "SAE of a later place: also show the strongest paths from latents of --sae through its latents.");

    private readonly Option<string> _secondSite = OptionKinds.Text(
        "--second-site", "SITE", "Place of --second-sae; default: the hook that its own file names.");

    private readonly Option<int?> _secondLayer = OptionKinds.Whole("--second-layer", "N", "Layer of --second-site.", 0);
    private readonly CausalOptions _causal = new();

    /// <summary>Creates the command.</summary>
    public AttributeCommand(ToolContext context)
        : base(context, "attribute", "find the latents and tokens that made a logit difference, checked by ablation")
    {
        _causal.AddTo(this);
        foreach (Option option in new Option[] { _prompt, _prompts })
        {
            Options.Add(option);
        }

        _logits.AddTo(this);
        foreach (Option option in new Option[] { _at, _method, _steps, _check, _atLeast, _top, _second, _secondSite, _secondLayer, CommonOptions.Threads })
        {
            Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus attribute --sae run-small --model models/sample-lm --prompt Whales --top 5",
    ];

    /// <inheritdoc/>
    public override string Usage => "--sae DIR --model DIR (--prompt TEXT | --prompts FILE.txt) [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "What no latent explains is listed too: 'error' is what the SAE leaves out at a position, 'kept' a special token that is not encoded, "
        + "'bias' what the SAE gives without any latent. The rank correlation is Spearman's, between attributions and the true effects of ablating "
        + "one latent at one position, the error kept.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        List<string> prompts = Prompts(values);
        bool isLine = values.GetValue(_method) == "integrated";
        int check = values.GetValue(_check) ?? DefaultChecked;
        double? atLeast = values.GetValue(_atLeast);
        if (!isLine && values.GetValue(_steps) is not null)
        {
            throw Usable("--steps: expected with --method integrated, got it without");
        }

        if (atLeast is not null && check < 2)
        {
            throw Usable($"--at-least: expected --check of at least 2 beside it, got {check}");
        }

        if (values.GetValue(_second) is null && (values.GetValue(_secondSite) is not null || values.GetValue(_secondLayer) is not null))
        {
            throw Usable("--second-site, --second-layer: expected --second-sae beside them, got none");
        }

        using CausalInput input = _causal.Open(values);
        using SparseCoder? secondSae = values.GetValue(_second) is string second ? SaeFolder.Read(second).Sae : null;
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        AttributionJob job = new(Context, team, input)
        {
            Pair = _logits.Read(values, input.Model.Tokenizer),
            Positions = values.GetValue(_at) ?? [],
            Options = new AttributionOptions
            {
                Method = isLine ? AttributionMethod.IntegratedGradients : AttributionMethod.GradientActivation,
                Steps = values.GetValue(_steps) ?? new AttributionOptions().Steps,
            },
            Checked = check,
            Top = values.GetValue(_top) ?? DefaultTop,
            Second = secondSae is null ? null : new PlacedSae(input.Model.Model, secondSae, SecondSite(values, input, secondSae)),
        };
        double mean = job.Run(prompts);
        return atLeast is double least && !(mean >= least) ? ExitCode.CheckFailed : ExitCode.Done;
    }

    private Site SecondSite(ParseResult values, CausalInput input, SparseCoder sae)
    {
        (string? site, int? layer) = (values.GetValue(_secondSite), values.GetValue(_secondLayer));
        if (site is null && sae.Metadata.HookName is null)
        {
            throw new InputException("--second-site: expected the place of --second-sae, as its file names no hook, got none; give it with --second-layer");
        }

        return input.Model.Site(site, layer, site is null ? sae.Metadata.HookName : null);
    }

    private List<string> Prompts(ParseResult values)
    {
        string[] given = values.GetValue(_prompt) ?? [];
        string? file = values.GetValue(_prompts);
        if (given.Length > 0 == file is not null)
        {
            throw Usable($"expected either --prompt TEXT or --prompts FILE.txt, found {(file is null ? "none" : "both")}");
        }

        if (file is null)
        {
            return [.. given];
        }

        if (!File.Exists(file))
        {
            throw new InputException($"--prompts '{file}': expected a text file with a prompt a line, found no such file; check the path");
        }

        List<string> lines = [.. File.ReadLines(file).Where(line => line.Length > 0)];
        return lines.Count > 0 ? lines : throw new InputException($"--prompts '{file}': expected a prompt a line, found an empty file");
    }

    private static UsageException Usable(string message) => new($"attribute: {message}; see 'saltus attribute --help'");
}
