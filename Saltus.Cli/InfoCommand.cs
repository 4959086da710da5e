using System.CommandLine;
using System.Text.Json;
using Saltus.Cli.Info;
using Saltus.Cli.Releases;
using Saltus.Formats;

namespace Saltus.Cli;

/// <summary><c>info PATH</c>: what is in a file or folder.</summary>
internal sealed class InfoCommand : Verb
{
    private readonly Argument<string> _path = new("PATH")
    {
        Description = "A safetensors, npy, npz or gguf file, a tokenizer.json, an SAE, a language model, an activation store, a run folder, or the name of a published SAE.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _releases = new("--releases")
    {
        HelpName = "TEXT",
        Description = "List published SAEs in place of a file: the releases, or with TEXT those SAEs whose name, model or repository has every word of it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Creates the command.</summary>
    public InfoCommand(ToolContext context)
        : base(context, "info", "what is in a file or folder; which SAEs are published")
    {
        Arguments.Add(_path);
        Options.Add(_releases);
        SaeOptions.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples => ["saltus info models/sample-lm", "saltus info --releases gemma-scope-2b-pt-res"];

    /// <inheritdoc/>
    public override string Usage => "PATH | --releases [TEXT] [--json]";

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string? path = values.GetValue(_path);
        if (values.GetResult(_releases) is { Implicit: false })
        {
            return path is null ? ListReleases(values.GetValue(_releases)) : throw new UsageException($"--releases: expected it without PATH, found '{path}' too");
        }

        if (path is null)
        {
            throw new UsageException("PATH: expected a file or folder, or --releases, found neither");
        }

        Contents contents = PublishedContents.TryRead(path, values) ?? ContentsReader.Read(path, SaeOptions.HintsOf(values, new SaeHints()));
        if (Context.IsJson)
        {
            Context.WriteJson(writer => WriteJson(path, contents, writer));
            return ExitCode.Done;
        }

        Context.Out.WriteLine($"{path}: {contents.Kind}");
        TextTable facts = new(string.Empty, string.Empty);
        foreach ((string key, object value) in contents.Facts)
        {
            facts.Add($"  {key.Replace('_', ' ')}", Show(value));
        }

        facts.Write(Context.Out);
        if (contents.Tensors.Count > 0)
        {
            TextTable tensors = new("  tensor", "dtype", "shape", "bytes>");
            foreach (ContentsTensor tensor in contents.Tensors)
            {
                tensors.Add($"  {tensor.Name}", tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", $"{tensor.Bytes:N0}");
            }

            tensors.Write(Context.Out);
        }

        foreach (string note in contents.Notes)
        {
            Context.Out.WriteLine($"  note: {note}");
        }

        return ExitCode.Done;
    }

    private int ListReleases(string? search)
    {
        ReleaseListing listing = new(ReleaseList.Carried, search ?? string.Empty);
        if (Context.IsJson)
        {
            Context.WriteJson(listing.Write);
        }
        else
        {
            listing.Write(Context.Out);
        }

        return ExitCode.Done;
    }

    private static string Show(object value) => value switch
    {
        long number => $"{number:N0}",
        bool yes => yes ? "yes" : "no",
        _ => InputException.OneLine(value.ToString()!),
    };

    private static void WriteJson(string path, Contents contents, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("path", path);
        writer.WriteString("kind", contents.Kind);
        foreach ((string key, object value) in contents.Facts)
        {
            writer.WritePropertyName(key);
            switch (value)
            {
                case long number:
                    writer.WriteNumberValue(number);
                    break;
                case double number:
                    writer.WriteNumberValue(number);
                    break;
                case bool yes:
                    writer.WriteBooleanValue(yes);
                    break;
                default:
                    writer.WriteStringValue(value.ToString());
                    break;
            }
        }

        writer.WriteStartArray("tensors");
        foreach (ContentsTensor tensor in contents.Tensors)
        {
            writer.WriteStartObject();
            writer.WriteString("name", tensor.Name);
            writer.WriteString("dtype", tensor.Dtype);
            writer.WriteStartArray("shape");
            foreach (long size in tensor.Shape)
            {
                writer.WriteNumberValue(size);
            }

            writer.WriteEndArray();
            writer.WriteNumber("bytes", tensor.Bytes);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("notes");
        foreach (string note in contents.Notes)
        {
            writer.WriteStringValue(note);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
