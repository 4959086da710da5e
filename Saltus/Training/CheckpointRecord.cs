using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Saltus.Formats;

namespace Saltus.Training;

/// <summary>What a checkpoint says about itself: where the run stood, with which settings and inputs, and how long its logs were.</summary>
internal sealed record CheckpointRecord
{
    private const string Format = "saltus-checkpoint";
    private const int Version = 1;
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets the version of this program.</summary>
    public static string ProgramNow { get; } =
        typeof(CheckpointRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>Gets the program that wrote it.</summary>
    public string Program { get; init; } = ProgramNow;

    /// <summary>Gets the steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Gets the vectors that were trained on: how many to skip from the source's start.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the seconds that the run had taken.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the length of <c>metrics.jsonl</c> in bytes.</summary>
    public required long MetricsBytes { get; init; }

    /// <summary>Gets the XxHash128 of those bytes.</summary>
    public required string MetricsChecksum { get; init; }

    /// <summary>Gets the length of <c>timings.jsonl</c> in bytes.</summary>
    public required long TimingsBytes { get; init; }

    /// <summary>Gets the run's knobs.</summary>
    public required RunConfiguration Configuration { get; init; }

    /// <summary>Gets what was read, by name (model, tokenizer, text, activations), with its checksum.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Reads the record.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="path">The checkpoint, for errors.</param>
    /// <returns>The record.</returns>
    /// <exception cref="InputException">It is of another format.</exception>
    public static CheckpointRecord Parse(string text, string path)
    {
        JsonFields fields = JsonFields.Parse(text, path);
        if (fields.GetString("format") != Format || fields.GetInt32("version") != Version)
        {
            throw new CheckpointException(
                CheckpointError.OtherVersion,
                $"'{path}': expected {Format} version {Version}, found {fields.GetString("format")} version {fields.GetInt32("version")}; go on with the version of this program that wrote it");
        }

        JsonFields inputs = fields.GetObject("inputs");
        return new CheckpointRecord
        {
            Program = fields.GetString("program"),
            Step = fields.GetInt64("step"),
            Tokens = fields.GetInt64("tokens"),
            Seconds = fields.GetDouble("seconds"),
            MetricsBytes = fields.GetInt64("metrics_bytes"),
            MetricsChecksum = fields.GetString("metrics_xxh128"),
            TimingsBytes = fields.GetInt64("timings_bytes"),
            Configuration = RunConfigurationJson.Parse(fields.GetObject("configuration").Element.GetRawText(), path),
            Inputs = inputs.Keys.ToDictionary(key => key, inputs.GetString, StringComparer.Ordinal),
        };
    }

    /// <summary>Gets the record as JSON.</summary>
    /// <returns>One object.</returns>
    public string ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("program", Program);
            writer.WriteNumber("step", Step);
            writer.WriteNumber("tokens", Tokens);
            writer.WriteNumber("seconds", Seconds);
            writer.WriteNumber("metrics_bytes", MetricsBytes);
            writer.WriteString("metrics_xxh128", MetricsChecksum);
            writer.WriteNumber("timings_bytes", TimingsBytes);
            writer.WritePropertyName("configuration");
            RunConfigurationJson.Write(writer, Configuration);
            writer.WriteStartObject("inputs");
            foreach ((string name, string checksum) in Inputs.OrderBy(input => input.Key, StringComparer.Ordinal))
            {
                writer.WriteString(name, checksum);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Refuses a checkpoint that this run cannot go on from.</summary>
    /// <param name="folder">The run, for errors.</param>
    /// <param name="configuration">The run's knobs now.</param>
    /// <param name="inputs">What it reads now.</param>
    /// <exception cref="CheckpointException">Settings, inputs or version are others; the message names the first.</exception>
    public void Check(string folder, RunConfiguration configuration, IReadOnlyDictionary<string, string> inputs)
    {
        if (Program != ProgramNow)
        {
            throw new CheckpointException(
                CheckpointError.OtherVersion, $"'{folder}': expected checkpoints of this program's version {ProgramNow}, found those of {Program}; go on with that version, or begin anew in another folder");
        }

        if (RunConfigurationJson.FirstDifference(Configuration, configuration) is (string key, string expected, string found))
        {
            throw new CheckpointException(
                CheckpointError.OtherConfiguration, $"'{folder}': {key}: expected {expected} as the run was begun, found {found}; give the same settings, or begin anew in another folder");
        }

        foreach (string name in Inputs.Keys.Concat(inputs.Keys).Distinct(StringComparer.Ordinal))
        {
            (string? begun, string? now) = (Inputs.GetValueOrDefault(name), inputs.GetValueOrDefault(name));
            if (begun != now)
            {
                throw new CheckpointException(
                    CheckpointError.OtherInput,
                    $"'{folder}': {name}: expected the checksum {begun ?? "none"} as when the run was begun, found {now ?? "none"}; give the same {name}, or begin anew in another folder");
            }
        }
    }
}
