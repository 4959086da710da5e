using System.Text.Json;

namespace Saltus.Formats;

/// <summary>Reads and writes the body of an upload to Neuronpedia. What the server would refuse is refused here, by name, when reading and when writing.</summary>
public static class NeuronpediaUploadFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="SaeFormatException">It is none, or goes beyond <see cref="NeuronpediaLimits"/>.</exception>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static NeuronpediaUpload Read(string path) => NeuronpediaFields.Read(path, Upload);

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="upload">Its content.</param>
    /// <exception cref="SaeFormatException">The content goes beyond the limits.</exception>
    /// <exception cref="InputException">The file system refused.</exception>
    public static void Write(string path, NeuronpediaUpload upload) => AtomicFile.Write(path, stream =>
    {
        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            Write(writer, upload);
        }

        byte[] json = content.ToArray();
        try
        {
            Upload(JsonFields.Parse(json, path));
        }
        catch (JsonFieldException exception)
        {
            throw new SaeFormatException(SaeFormatError.NotExpressible, $"an upload to Neuronpedia cannot hold this: {exception.Message}", exception);
        }

        stream.Write(json);
        stream.WriteByte((byte)'\n');
    });

    /// <summary>Whether an object has the keys of such a file.</summary>
    internal static bool IsOne(JsonFields fields) => fields.Has("source") && fields.Has("modelId");

    internal static NeuronpediaUpload Upload(JsonFields fields)
    {
        NeuronpediaFields.CheckKeys(fields, "modelId", "source", "features");
        return new NeuronpediaUpload(
            Name(fields, "modelId"), Name(fields, "source"), [.. NeuronpediaFields.Items(fields, "features", 1, NeuronpediaLimits.MaxFeatures).Select(Feature)]);
    }

    private static string Name(JsonFields fields, string key)
    {
        string name = fields.GetString(key);
        return name.Length > 0 && !name.Any(char.IsUpper) ? name : throw fields.Invalid(key, "a name in lower case");
    }

    private static NeuronpediaUploadFeature Feature(JsonFields fields)
    {
        NeuronpediaFields.CheckKeys(fields, "index", "density", "topLogits", "bottomLogits", "explanations", "activations");
        return new NeuronpediaUploadFeature
        {
            Index = NeuronpediaFields.Index(fields, "index"),
            Density = fields.Has("density") ? NeuronpediaFields.Share(fields, "density") : null,
            TopLogits = Logits(fields, "topLogits"),
            BottomLogits = Logits(fields, "bottomLogits"),
            Explanations = fields.Has("explanations") ? [.. fields.GetObjects("explanations").Select(Explanation)] : [],
            Sequences = [.. NeuronpediaFields.Items(fields, "activations", 1, int.MaxValue).Select(Sequence)],
        };
    }

    private static NeuronpediaUploadSequence Sequence(JsonFields fields)
    {
        NeuronpediaFields.CheckKeys(fields, "tokens", "values", "quantileMin", "quantileMax", "quantileFraction");
        (IReadOnlyList<string> tokens, IReadOnlyList<double> values) = NeuronpediaFields.Sequence(fields);
        return new NeuronpediaUploadSequence(tokens, values)
        {
            QuantileMin = fields.Has("quantileMin") ? fields.GetDouble("quantileMin") : null,
            QuantileMax = fields.Has("quantileMax") ? fields.GetDouble("quantileMax") : null,
            QuantileFraction = fields.Has("quantileFraction") ? NeuronpediaFields.Share(fields, "quantileFraction") : null,
        };
    }

    private static NeuronpediaExplanation Explanation(JsonFields fields)
    {
        NeuronpediaFields.CheckKeys(fields, "text", "methodName", "modelName");
        string text = fields.GetString("text");
        return text.Length is 0 or > NeuronpediaLimits.MaxExplanation
            ? throw fields.Invalid("text", $"1 to {NeuronpediaLimits.MaxExplanation} characters, not {text.Length}")
            : new NeuronpediaExplanation(text, fields.GetString("methodName", null), fields.GetString("modelName", null));
    }

    private static (string Token, double Value)[] Logits(JsonFields fields, string key)
    {
        if (!fields.Has(key))
        {
            return [];
        }

        return [.. NeuronpediaFields.Items(fields, key, 0, NeuronpediaLimits.MaxLogits).Select(logit =>
        {
            NeuronpediaFields.CheckKeys(logit, "token", "value");
            return (logit.GetString("token"), logit.GetDouble("value"));
        })];
    }

    private static void Write(Utf8JsonWriter writer, NeuronpediaUpload upload)
    {
        writer.WriteStartObject();
        writer.WriteString("modelId", upload.ModelId);
        writer.WriteString("source", upload.Source);
        writer.WriteStartArray("features");
        foreach (NeuronpediaUploadFeature feature in upload.Features)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", feature.Index);
            Write(writer, "density", feature.Density);
            Write(writer, "topLogits", feature.TopLogits);
            Write(writer, "bottomLogits", feature.BottomLogits);
            Write(writer, feature.Explanations);
            writer.WriteStartArray("activations");
            foreach (NeuronpediaUploadSequence sequence in feature.Sequences)
            {
                Write(writer, sequence);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, NeuronpediaUploadSequence sequence)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tokens");
        foreach (string token in sequence.Tokens)
        {
            writer.WriteStringValue(token);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("values");
        foreach (double value in sequence.Values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
        Write(writer, "quantileMin", sequence.QuantileMin);
        Write(writer, "quantileMax", sequence.QuantileMax);
        Write(writer, "quantileFraction", sequence.QuantileFraction);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<NeuronpediaExplanation> explanations)
    {
        if (explanations.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("explanations");
        foreach (NeuronpediaExplanation explanation in explanations)
        {
            writer.WriteStartObject();
            writer.WriteString("text", explanation.Text);
            if (explanation.Method is not null)
            {
                writer.WriteString("methodName", explanation.Method);
            }

            if (explanation.Model is not null)
            {
                writer.WriteString("modelName", explanation.Model);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string key, IReadOnlyList<(string Token, double Value)> logits)
    {
        if (logits.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(key);
        foreach ((string token, double value) in logits)
        {
            writer.WriteStartObject();
            writer.WriteString("token", token);
            writer.WriteNumber("value", value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string key, double? value)
    {
        if (value is double number)
        {
            writer.WriteNumber(key, number);
        }
    }
}
