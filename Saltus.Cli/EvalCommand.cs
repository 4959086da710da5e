using System.CommandLine;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Models;

namespace Saltus.Cli;

/// <summary><c>eval</c>: SAE, language model and text → <c>eval.json</c>.</summary>
internal sealed class EvalCommand : Verb
{
    private readonly Option<string> _out = OptionKinds.Text("--out", "FILE.json", "Where eval.json goes; default: nowhere, a table is printed.");
    private readonly Option<string> _saebench = OptionKinds.Text(
        "--saebench", "FILE.json", "Also measure by SAEBench's definitions, in a second pass, and write its core result file; these figures compare with its own only.");

    private readonly TextOptions _text = new();
    private readonly SiteOptions _site = new();
    private readonly TargetOptions _target = new();

    /// <summary>Creates the command.</summary>
    public EvalCommand(ToolContext context)
        : base(context, "eval", "measure how faithful an SAE is, with the language model in the loop")
    {
        Options.Add(CommonOptions.RequiredSae);
        SaeOptions.AddTo(this);
        Options.Add(CommonOptions.RequiredModel);
        _text.AddTo(this);
        _site.AddTo(this);
        _target.AddTo(this);
        Options.Add(CommonOptions.Context);
        Options.Add(_out);
        Options.Add(_saebench);
        Options.Add(CommonOptions.CheckpointMinutes);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus eval --sae run-small --model models/sample-lm --text corpus/validation.jsonl.gz --out eval.json",
    ];

    /// <inheritdoc/>
    public override string Usage => "--sae DIR --model DIR --text FILE [--site SITE --layer N | --hook NAME] [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "A transcoder is measured, and spliced in, where it writes: at --target-site or the hook that its own file names.",
        "Without --site the hook that the SAE's own file names is taken. With --out an evaluation that was interrupted is gone on with by the same command.",
    ];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        foreach (string? output in new[] { values.GetValue(_out), values.GetValue(_saebench) })
        {
            if (output is not null)
            {
                OutputFile.Check(output);
            }
        }

        using TextInput text = _text.Open(values);
        (string folder, SaeHints hints) = SaeFolder.Locate(values.GetRequiredValue(CommonOptions.RequiredSae));
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        LoadedSae loaded = SaeReader.Read(folder, SaeOptions.HintsOf(values, hints));
        using SparseCoder sae = loaded.Sae;
        using LanguageModelInput model = LanguageModelInput.Open(values.GetRequiredValue(CommonOptions.RequiredModel));
        Site site = _site.Read(values, model, sae.Metadata.HookName);
        Site? target = _target.Read(values, model, site, sae);
        if (target is not null && values.GetValue(_saebench) is not null)
        {
            throw new InputException("--saebench: expected an autoencoder, got a transcoder; SAEBench's core evaluation has no target site");
        }

        if (values.GetValue(_saebench) is string file)
        {
            Limits.CheckDisk("--saebench", file, Limits.SaeBenchBytes(sae.Latents));
        }

        EvaluationJob job = new(Context, team, model, loaded, folder, site, target);
        int context = model.Context(values.GetValue(CommonOptions.Context) ?? sae.Metadata.ContextSize);
        EvaluationResult result = Evaluate(job, text, values, context);
        if (values.GetValue(_saebench) is string benchmark)
        {
            job.WriteSaeBench(benchmark, text, context, values.GetRequiredValue(CommonOptions.RequiredSae));
        }

        if (Context.IsJson)
        {
            Context.WriteJson(writer => EvaluationFile.Write(writer, result));
        }
        else
        {
            FidelityTable.Write(Context.Out, result, sae.Latents);
        }

        return ExitCode.Done;
    }

    private EvaluationResult Evaluate(EvaluationJob job, TextInput text, ParseResult values, int context)
    {
        string? path = values.GetValue(_out);
        try
        {
            EvaluationResult result = job.Run(text, context, withLatents: false, path, CommonOptions.CheckpointsOf(values)).Evaluation;
            if (path is not null)
            {
                EvaluationFile.Write(path, result);
                job.Checkpoint!.Remove();
            }

            return result;
        }
        catch (OperationCanceledException) when (job.Checkpoint is not null && File.Exists(job.Checkpoint.Path))
        {
            Context.Error.WriteLine($"{job.Checkpoint.Path}: the same command goes on from here");
            throw;
        }
    }
}
