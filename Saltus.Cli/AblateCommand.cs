using System.CommandLine;
using Saltus.Cli.Causal;
using Saltus.Kernels;

namespace Saltus.Cli;

/// <summary><c>ablate</c>: what taking latents out does to losses and logits, token by token.</summary>
internal sealed class AblateCommand : Verb
{
    private const int DefaultTop = 20;

    private readonly Option<int[]> _latents = OptionKinds.Wholes(
        "--latent", "N", "Index of a latent, 0 for the first; may be repeated: they are taken out together.", 0);

    private readonly Option<string> _how = OptionKinds.Choice(
        "--how",
        "What a latent becomes at every position: 0, its mean on the reference text, or what it is on a token drawn from there; default zero.",
        AblationJob.Hows);

    private readonly Option<string> _prompt = OptionKinds.Text("--prompt", "TEXT", "Text to measure on, in place of --text.");
    private readonly TextOptions _text = new(isRequired: false);
    private readonly Option<string[]> _reference = OptionKinds.Texts("--reference", "FILE", "Text of the means and draws; default: --text. May be repeated.");
    private readonly Option<int?> _top = OptionKinds.Whole("--top", "N", $"Tokens to show of --text, those whose loss changes most; default {DefaultTop}.", 1);
    private readonly LogitOptions _logits = new("without --plus and --minus no difference is measured");
    private readonly CausalOptions _causal = new();

    /// <summary>Creates the command.</summary>
    public AblateCommand(ToolContext context)
        : base(context, "ablate", "take latents out of a language model and measure losses and logits, token by token")
    {
        _causal.AddTo(this);
        Options.Add(_latents);
        Options.Add(_how);
        Options.Add(_prompt);
        _text.AddTo(this);
        Options.Add(_reference);
        Options.Add(CommonOptions.Context);
        _logits.AddTo(this);
        Options.Add(_top);
        Options.Add(CommonOptions.Seed);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus ablate --sae run-small --model models/sample-lm --latent 7 --latent 12 --prompt Whales",
    ];

    /// <inheritdoc/>
    public override string Usage => "--sae DIR --model DIR --latent N (--text FILE | --prompt TEXT) [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "The activation x becomes x + (f' - f) · W_dec at every position but special tokens: what the SAE does not explain stays.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        int[] latents = values.GetValue(_latents) is { Length: > 0 } given ? given : throw Usable("expected --latent N, found no such option");
        string? prompt = values.GetValue(_prompt);
        string how = values.GetValue(_how) ?? AblationJob.Hows[0];
        string[] reference = values.GetValue(_reference) ?? [];
        if (prompt is null == !_text.IsGiven(values))
        {
            throw Usable($"expected either --text FILE or --prompt TEXT, found {(prompt is null ? "none" : "both")}");
        }

        if (how == AblationJob.Hows[0] && reference.Length > 0)
        {
            throw Usable("--reference: expected with --how mean or --how resample, got it with zero");
        }

        if (how != AblationJob.Hows[0] && prompt is not null && reference.Length == 0)
        {
            throw Usable($"--how {how}: expected --reference FILE beside --prompt, got none");
        }

        using TextInput? text = _text.Find(values);
        using TextInput? other = reference.Length > 0 ? new TextInput(reference) : null;
        using CausalInput input = _causal.Open(values);
        input.CheckLatents(latents);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        AblationJob job = new(Context, team, input, latents, how, values.GetValue(CommonOptions.Seed) ?? 0)
        {
            Pair = _logits.Read(values, input.Model.Tokenizer),
            Top = values.GetValue(_top) ?? DefaultTop,
        };
        job.Run(prompt, text, other, values.GetValue(CommonOptions.Context));
        return ExitCode.Done;
    }

    private static UsageException Usable(string message) => new($"ablate: {message}; see 'saltus ablate --help'");
}
