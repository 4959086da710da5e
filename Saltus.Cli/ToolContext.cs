using System.Text.Encodings.Web;
using System.Text.Json;

namespace Saltus.Cli;

/// <summary>What a command works with beside its options: results go to <see cref="Out"/>, all else to <see cref="Error"/>.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="interruption">Signals.</param>
/// <param name="time">The clock of progress lines and timings.</param>
internal sealed class ToolContext(TextWriter output, TextWriter error, Interruption interruption, TimeProvider time)
{
    private static readonly JsonWriterOptions s_json = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets where results go.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>Gets where everything but results goes.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Gets the signals.</summary>
    public Interruption Interruption { get; } = interruption;

    /// <summary>Gets the token that SIGINT and SIGTERM cancel.</summary>
    public CancellationToken Cancellation => Interruption.Token;

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Gets or sets whether results are one JSON document.</summary>
    public bool IsJson { get; set; }

    /// <summary>Writes one JSON document as the result.</summary>
    /// <param name="write">Writes its one value.</param>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, s_json))
        {
            write(writer);
        }

        Out.WriteLine(System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length));
    }
}
