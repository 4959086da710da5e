using System.CommandLine;
using Saltus.Lm.Tokenizers;

namespace Saltus.Cli;

/// <summary><c>verify tokenizer</c>: a tokenizer against ids, tokens, offsets and decoded text of another program.</summary>
internal sealed class VerifyTokenizerCommand : Verb
{
    private readonly Option<string> _tokenizer = OptionKinds.Text("--tokenizer", "FILE.json[.gz]", "The tokenizer: a tokenizer.json, or a folder with one.", isRequired: true);
    private readonly Option<string> _reference = CommonOptions.Reference("FILE.jsonl");

    /// <summary>Creates the command.</summary>
    public VerifyTokenizerCommand(ToolContext context)
        : base(context, "tokenizer", "compare a tokenizer with reference ids, tokens, offsets and decoded text")
    {
        Options.Add(_tokenizer);
        Options.Add(_reference);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Examples =>
        ["saltus verify tokenizer --tokenizer Saltus.Tests/Golden/tokenizers/sample/tokenizer.json.gz --reference Saltus.Tests/Golden/tokenizers/sample/cases.jsonl"];

    /// <inheritdoc/>
    public override string Usage => "--tokenizer FILE.json[.gz] --reference FILE.jsonl [--json]";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Remarks =>
    [
        "Each line of the reference is an object with text, ids, ids_no_special, tokens, offsets, decoded and decoded_skip_special. All must be equal; a case that fails gets a line.",
    ];

    /// <inheritdoc/>
    protected override int Execute(ParseResult values)
    {
        string path = values.GetRequiredValue(_tokenizer);
        string reference = values.GetRequiredValue(_reference);
        TokenizerVerification result = TokenizerVerification.Run(Tokenizer.Load(path), reference);
        if (Context.IsJson)
        {
            WriteJson(path, reference, result);
        }
        else
        {
            foreach (IGrouping<int, TokenizerMismatch> failing in result.Mismatches.GroupBy(mismatch => mismatch.Line))
            {
                TokenizerMismatch first = failing.First();
                string others = string.Concat(failing.Skip(1).Select(mismatch => $", {mismatch.What}"));
                Context.Out.WriteLine(InputException.OneLine(
                    $"line {first.Line}: {first.What} differ at {first.Index}: expected {first.Expected}, found {first.Found}{(others.Length > 0 ? "; also" : string.Empty)}{others.TrimStart(',')}; text: {first.Text}"));
            }

            Context.Out.WriteLine($"{result.Cases - result.Failed} of {result.Cases} cases equal, {result.Failed} failed");
        }

        return result.Failed == 0 ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private void WriteJson(string path, string reference, TokenizerVerification result) => Context.WriteJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("subject", path);
        writer.WriteString("reference", reference);
        writer.WriteBoolean("passed", result.Failed == 0);
        writer.WriteNumber("cases", result.Cases);
        writer.WriteNumber("failed", result.Failed);
        writer.WriteStartArray("mismatches");
        foreach (TokenizerMismatch mismatch in result.Mismatches)
        {
            writer.WriteStartObject();
            writer.WriteNumber("line", mismatch.Line);
            writer.WriteString("what", mismatch.What);
            writer.WriteNumber("index", mismatch.Index);
            writer.WriteString("expected", mismatch.Expected);
            writer.WriteString("found", mismatch.Found);
            writer.WriteString("text", mismatch.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
