using System.Text.Json;

namespace Saltus.Cli.Bench;

/// <summary>A run as one JSON document: seconds, bytes and floating-point operations, no other units.</summary>
internal static class BenchJson
{
    /// <summary>Writes the document.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="machine">Where it ran.</param>
    /// <param name="command">What was typed.</param>
    /// <param name="repeats">Timed runs of a case.</param>
    /// <param name="results">What was measured.</param>
    public static void Write(Utf8JsonWriter writer, BenchMachine machine, string command, int repeats, IReadOnlyList<BenchResult> results)
    {
        writer.WriteStartObject();
        writer.WriteString("saltus", ToolCommand.Version);
        writer.WriteString("command", command);
        writer.WriteString("cpu", machine.Cpu);
        writer.WriteNumber("threads", machine.Threads);
        writer.WriteNumber("cores", machine.Cores);
        writer.WriteString("os", machine.System);
        writer.WriteString("runtime", machine.Runtime);
        writer.WriteNumber("vector_lanes", machine.Lanes);
        writer.WriteStartArray("vector_bits");
        foreach (int bits in machine.VectorBits)
        {
            writer.WriteNumberValue(bits);
        }

        writer.WriteEndArray();
        writer.WriteString("kernel", machine.Kernel);
        writer.WriteNumber("repeats", repeats);
        writer.WriteStartArray("groups");
        foreach (BenchResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("name", result.Name);
            writer.WriteString("title", result.Title);
            writer.WriteStartArray("rows");
            foreach (BenchRow row in result.Rows)
            {
                Write(writer, row);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, BenchRow row)
    {
        writer.WriteStartObject();
        writer.WriteString("name", row.Name);
        writer.WriteString("settings", row.What);
        writer.WriteNumber(row.Work.Unit == BenchUnit.Flop ? "flops" : "bytes", row.Work.Amount);
        writer.WriteNumber("tokens", row.Tokens);
        Write(writer, "seconds", row.Seconds);
        writer.WriteNumber("allocated_bytes", row.AllocatedBytes);
        if (row is { Floor: { } floor, FloorSeconds: { } seconds, Ratio: { } ratio })
        {
            writer.WriteString("floor", floor);
            Write(writer, "floor_seconds", seconds);
            Write(writer, "ratio", ratio);
        }

        if (row.Note is not null)
        {
            writer.WriteString("found", row.Note);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, BenchQuartiles values)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("low", values.Low);
        writer.WriteNumber("median", values.Median);
        writer.WriteNumber("high", values.High);
        writer.WriteEndObject();
    }
}
