using System.CommandLine;
using Saltus.Autoencoders;
using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;
using Saltus.Lm.Models;
using Saltus.Reports;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary><c>report</c>: a run or an SAE → one HTML file that works offline.</summary>
internal sealed class ReportCommand : Verb
{
    private readonly Option<string> _out = OptionKinds.Text("--out", "FILE.html", "Where the report goes.");
    private readonly Option<string> _neuronpedia = OptionKinds.Text(
        "--neuronpedia", "DIR", "Also, or in place of --out: a folder of batch-N.json (as SAEDashboard writes) and upload-N.json (as the upload takes) for Neuronpedia.");

    private readonly Option<string> _set = OptionKinds.Text("--neuronpedia-set", "NAME", "The name of the SAE's set at Neuronpedia; default: saltus.");
    private readonly TextOptions _text = new();
    private readonly SiteOptions _site = new();
    private readonly TargetOptions _target = new();

    /// <summary>Creates the command.</summary>
    public ReportCommand(ToolContext context)
        : base(context, "report", "write a run or an SAE as one HTML file that works offline")
    {
        Options.Add(CommonOptions.RequiredSae);
        SaeOptions.AddTo(this);
        Options.Add(CommonOptions.RequiredModel);
        _text.AddTo(this);
        Options.Add(_out);
        Options.Add(_neuronpedia);
        Options.Add(_set);
        _site.AddTo(this);
        _target.AddTo(this);
        Options.Add(CommonOptions.Context);
        Options.Add(CommonOptions.Threads);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
    [
        "saltus report --sae run-small --model models/sample-lm --text corpus/validation.jsonl.gz --out report.html",
    ];

    /// <inheritdoc/>
    public override string Usage => "--sae DIR --model DIR --text FILE (--out FILE.html | --neuronpedia DIR) [options]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks => ["Of a run folder the training curves are shown too."];

    /// <inheritdoc/>
    protected override bool StopsWhenAsked => true;

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string? output = values.GetValue(_out);
        string? neuronpedia = values.GetValue(_neuronpedia);
        if (output is null && neuronpedia is null)
        {
            throw new UsageException("report: expected --out FILE.html, or --neuronpedia DIR, found neither; see 'saltus report --help'");
        }

        if (output is not null)
        {
            OutputFile.Check(output);
        }

        string given = values.GetRequiredValue(CommonOptions.RequiredSae);
        using TextInput text = _text.Open(values);
        (string folder, SaeHints hints) = SaeFolder.Locate(given);
        using WorkTeam team = new(CommonOptions.ThreadsOf(values));
        LoadedSae loaded = SaeReader.Read(folder, SaeOptions.HintsOf(values, hints));
        using SparseCoder sae = loaded.Sae;
        using LanguageModelInput model = LanguageModelInput.Open(values.GetRequiredValue(CommonOptions.RequiredModel));
        Site site = _site.Read(values, model, sae.Metadata.HookName);
        CheckDisk(output, neuronpedia, sae.Latents);

        // Damage is found before the long work.
        bool isRun = folder != given && File.Exists(Path.Combine(given, RunFolder.ConfigurationName));
        RunConfiguration? run = isRun ? RunFolder.ReadConfiguration(given) : null;
        IReadOnlyList<TrainingPoint> log = isRun ? RunReportBuilder.ReadLog(Path.Combine(given, RunFolder.MetricsName)) : [];
        EvaluationJob job = new(Context, team, model, loaded, folder, site, _target.Read(values, model, site, sae))
        {
            Neuronpedia = neuronpedia is null ? null : new NeuronpediaOutput(neuronpedia, values.GetValue(_set) ?? Tool.Name),
        };
        int context = model.Context(values.GetValue(CommonOptions.Context) ?? sae.Metadata.ContextSize);
        EvaluationResult evaluation = job.Run(text, context, withLatents: true).Evaluation;
        RunReport report = RunReportBuilder.Build(
            run,
            log,
            evaluation,
            job,
            run is null ? Provenance.Of(model.Name, site, sae) : Provenance.Of(run, model.Name, site, sae, wallTime: null));
        if (output is not null)
        {
            HtmlReport.Write(report, output);
        }

        Say([("report", output), ("neuronpedia", neuronpedia)]);
        return ExitCode.Done;
    }

    private static void CheckDisk(string? output, string? neuronpedia, int latents)
    {
        if (output is not null)
        {
            Limits.CheckDisk("--out", output, Limits.ReportBytes(latents));
        }

        if (neuronpedia is not null)
        {
            Limits.CheckDisk("--neuronpedia", neuronpedia, Limits.NeuronpediaBytes(latents));
        }
    }

    private void Say((string Key, string? Path)[] written)
    {
        if (Context.IsJson)
        {
            Context.WriteJson(writer =>
            {
                writer.WriteStartObject();
                foreach ((string key, string? path) in written.Where(one => one.Path is not null))
                {
                    writer.WriteString(key, path);
                }

                writer.WriteEndObject();
            });
            return;
        }

        foreach ((string key, string? path) in written.Where(one => one.Path is not null))
        {
            Context.Out.WriteLine($"{key}: {path}");
        }
    }
}
