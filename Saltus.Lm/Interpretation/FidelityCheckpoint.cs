using System.Text;
using System.Text.Json;
using Saltus.Formats;
using Saltus.Training;

namespace Saltus.Lm.Interpretation;

/// <summary>
/// The sums of an evaluation that is under way, in a file beside its result: after a kill the same evaluation goes on from them and comes to
/// the same bits. Written whole or not at all, checksummed, removed by the caller once the result is written.
/// </summary>
public sealed class FidelityCheckpoint
{
    /// <summary>What the name of the result is given behind it.</summary>
    public const string Ending = ".checkpoint";

    private const string Format = "saltus-evaluation";
    private const int Version = 1;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private readonly CheckpointPolicy _policy;
    private readonly TimeProvider _time;
    private readonly Action<string>? _note;
    private long _saved;
    private int _batches;

    /// <summary>Names the file and what it must agree with.</summary>
    /// <param name="resultPath">Where the evaluation's result will go.</param>
    /// <param name="settings">Everything that the result depends on (site, context, and checksums of SAE, model, tokenizer, text), by name.</param>
    /// <param name="policy">When to write; steps are batches.</param>
    /// <param name="time">The clock.</param>
    /// <param name="note">Is told in a line how an interrupted evaluation goes on; null for nobody.</param>
    public FidelityCheckpoint(
        string resultPath, IReadOnlyDictionary<string, string> settings, CheckpointPolicy policy, TimeProvider time, Action<string>? note = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(resultPath);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(time);
        Path = resultPath + Ending;
        (_settings, _policy, _time, _note, _saved) = (settings, policy, time, note, time.GetTimestamp());
    }

    /// <summary>Gets the file.</summary>
    public string Path { get; }

    /// <summary>Removes the file, if there is one.</summary>
    /// <exception cref="InputException">The file system refused.</exception>
    public void Remove()
    {
        try
        {
            File.Delete(Path);
        }
        catch (Exception exception) when (FileErrors.IsFromFileSystem(exception))
        {
            throw FileErrors.Writing(Path, exception);
        }
    }

    /// <summary>Takes the sums back where there is a file; a damaged one is named and left out.</summary>
    /// <exception cref="CheckpointException">It is of another evaluation or version.</exception>
    internal void ReadInto(TrainingState state)
    {
        if (!File.Exists(Path))
        {
            return;
        }

        try
        {
            (SafetensorsFile file, string record) = CheckpointFile.Open(Path);
            using (file)
            {
                Check(record);
                state.ReadFrom(file);
            }
        }
        catch (CheckpointException exception) when (exception.Error == CheckpointError.Damaged)
        {
            _note?.Invoke($"warning: {exception.Message}; evaluating from the beginning");
            return;
        }

        _note?.Invoke($"{Path}: going on with an interrupted evaluation");
    }

    /// <summary>Takes in that a batch is done, and writes where one is due.</summary>
    internal void BatchDone(TrainingState state)
    {
        _batches++;
        if (_policy.IsDue(_batches, _time.GetElapsedTime(_saved)))
        {
            Write(state);
        }
    }

    /// <summary>Writes the sums.</summary>
    /// <exception cref="InputException">The file system refused; an older file is as it was.</exception>
    internal void Write(TrainingState state)
    {
        CheckpointFile.Write(Path, Record(), state);
        _saved = _time.GetTimestamp();
    }

    private void Check(string record)
    {
        JsonFields fields = JsonFields.Parse(record, Path);
        if (fields.GetString("format") != Format || fields.GetInt32("version") != Version || fields.GetString("program") != CheckpointRecord.ProgramNow)
        {
            throw new CheckpointException(
                CheckpointError.OtherVersion, $"'{Path}': expected {Format} version {Version} of {CheckpointRecord.ProgramNow}, found another; remove it to evaluate from the beginning");
        }

        JsonFields begun = fields.GetObject("settings");
        foreach (string name in begun.Keys.Concat(_settings.Keys).Distinct(StringComparer.Ordinal))
        {
            string expected = begun.Has(name) ? begun.GetString(name) : "none";
            string found = _settings.GetValueOrDefault(name, "none");
            if (expected != found)
            {
                throw new CheckpointException(
                    CheckpointError.OtherInput,
                    $"'{Path}': {name}: expected {expected} as the interrupted evaluation there, found {found}; remove the file to evaluate from the beginning, or give another --out");
            }
        }
    }

    private string Record()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("program", CheckpointRecord.ProgramNow);
            writer.WriteStartObject("settings");
            foreach ((string name, string value) in _settings.OrderBy(setting => setting.Key, StringComparer.Ordinal))
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
