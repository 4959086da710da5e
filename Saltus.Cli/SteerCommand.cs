using System.CommandLine;
using Saltus.Cli.Causal;
using Saltus.Kernels;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary><c>steer</c>: text with and without a latent held, added or switched off.</summary>
internal sealed class SteerCommand : Verb
{
    private const int DefaultTokens = 40;

    private readonly Option<int?> _latent = OptionKinds.Whole("--latent", "N", "Index of the latent, 0 for the first.", 0);
    private readonly Option<string> _prompt = OptionKinds.Text("--prompt", "TEXT", "Text to continue, with and without.");
    private readonly Option<double[]> _add = OptionKinds.NumberList(
        "--add",
        "X,…",
        "Add so much to the latent's activation, so many times its decoder direction; several for a scan. With --automatic: a multiple of the "
        + $"latent's largest activation; default {SteeringTable.DefaultMultiple}.");

    private readonly Option<double[]> _clamp = OptionKinds.NumberList("--clamp", "X,…", "Hold the latent at this activation; several for a scan.");
    private readonly Option<bool> _ablate = new("--ablate") { Description = "Switch the latent off." };
    private readonly Option<bool> _relative = new("--relative")
    {
        Description = "Numbers behind --add and --clamp are multiples of the latent's largest activation on --text.",
    };

    private readonly Option<long?> _automatic = OptionKinds.Count(
        "--automatic",
        "N",
        "Instead of a latent and a prompt: choose N latents and show how steering each changes the rate of its top tokens; exit code 1 below --factor.",
        1000);

    private readonly Option<double?> _factor = OptionKinds.Real("--factor", "X", "With --automatic: the rate's least multiple; default 5.");
    private readonly TextOptions _text = new(isRequired: false);
    private readonly Option<int?> _tokens = OptionKinds.Whole(
        "--tokens", "N", $"Tokens to generate; default {DefaultTokens}, of each prompt {SteeringTable.DefaultTokens} with --automatic.", 1);

    private readonly Option<double?> _temperature = OptionKinds.Real(
        "--temperature", "X", "Draw tokens at this temperature; default: always the best token (1 with --automatic).");

    private readonly CausalOptions _causal = new();

    /// <summary>Creates the command.</summary>
    public SteerCommand(ToolContext context)
        : base(context, "steer", "continue a text with a latent added, held or switched off, beside the text without")
    {
        _causal.AddTo(this);
        foreach (Option option in new Option[] { _latent, _prompt, _add, _clamp, _ablate, _relative, _automatic, _factor })
        {
            Options.Add(option);
        }

        _text.AddTo(this);
        Options.Add(CommonOptions.Context);
        Options.Add(_tokens);
        Options.Add(_temperature);
        Options.Add(CommonOptions.Seed);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus steer --sae run-small --model models/sample-lm --latent 7 --prompt Whales --add -10,10,40 --tokens 12",
    ];

    /// <inheritdoc/>
    public override string Usage => "--sae DIR --model DIR (--latent N --prompt TEXT (--add X | --clamp X | --ablate) | --automatic N --text FILE) [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "The activation x becomes x + (f' - f) · W_dec at every position but special tokens: what the SAE does not explain stays. "
        + "Loss and KL are measured on --text, or on the prompt.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        bool isAutomatic = values.GetValue(_automatic) is not null;
        Check(values, isAutomatic);
        using TextInput? text = _text.Find(values);
        using CausalInput input = _causal.Open(values);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        double temperature = values.GetValue(_temperature) ?? (isAutomatic ? 1 : 0);
        if (isAutomatic)
        {
            SteeringTable table = new(Context, team, input)
            {
                Multiple = values.GetValue(_add) is [double multiple] ? multiple : SteeringTable.DefaultMultiple,
                Tokens = values.GetValue(_tokens) ?? SteeringTable.DefaultTokens,
                Temperature = temperature,
                Seed = values.GetValue(CommonOptions.Seed) ?? 0,
                Factor = values.GetValue(_factor) ?? SteeringTable.DefaultFactor,
            };
            return table.Run(text!, values.GetValue(CommonOptions.Context), (int)values.GetValue(_automatic)!.Value) ? ExitCode.Done : ExitCode.CheckFailed;
        }

        int latent = values.GetValue(_latent)!.Value;
        input.CheckLatents([latent]);
        GenerationOptions generation = new()
        {
            MaxTokens = values.GetValue(_tokens) ?? DefaultTokens,
            Temperature = temperature,
            Seed = values.GetValue(CommonOptions.Seed) ?? 0,
        };
        new SteeringJob(Context, team, input, latent, generation).Run(
            values.GetValue(_prompt)!, text, values.GetValue(CommonOptions.Context), Changes(values), values.GetValue(_relative));
        return ExitCode.Done;
    }

    private List<SteeringChange> Changes(ParseResult values) =>
    [
        .. (values.GetValue(_add) ?? []).Select(value => new SteeringChange("add", value)),
        .. (values.GetValue(_clamp) ?? []).Select(value => new SteeringChange("clamp", value)),
        .. values.GetValue(_ablate) ? [new SteeringChange("ablate", null)] : Array.Empty<SteeringChange>(),
    ];

    private void Check(ParseResult values, bool isAutomatic)
    {
        void Needs(bool holds, string message)
        {
            if (!holds)
            {
                throw new UsageException($"steer: {message}; see 'saltus steer --help'");
            }
        }

        bool hasText = _text.IsGiven(values);
        if (isAutomatic)
        {
            bool isOther = values.GetValue(_latent) is not null || values.GetValue(_prompt) is not null || values.GetValue(_clamp) is { Length: > 0 }
                || values.GetValue(_ablate) || values.GetValue(_relative);
            Needs(!isOther, "--automatic: expected without --latent, --prompt, --clamp, --ablate and --relative, got one of them");
            Needs(values.GetValue(_add) is not { Length: > 1 }, "--add: expected one number with --automatic, got several");
            Needs(hasText, "--automatic: expected --text beside it, got none");
            return;
        }

        Needs(values.GetValue(_factor) is null, "--factor: expected with --automatic, got it alone");
        Needs(values.GetValue(_latent) is not null, "expected --latent N, found no such option");
        Needs(values.GetValue(_prompt) is not null, "expected --prompt TEXT, found no such option");
        Needs(Changes(values).Count > 0, "expected --add X, --clamp X or --ablate, found none of them");
        Needs(hasText || !values.GetValue(_relative), "--relative: expected --text beside it, got none");
    }
}
